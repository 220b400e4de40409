// SPDX-License-Identifier: MIT
// A session and the plain model beside it, and the moves that random programs are made of.
#pragma once

#include "integration/random_world.hpp"

#include <azoth/azoth.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace random_programs {

using az::col;
using Task = az::asio::awaitable<void>;

struct Step {
    std::uint32_t action, a, b, c;
};

struct Difference : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Calls `f.operator()<T>()` with the class of a kind.
template <class F>
auto with_class(Kind kind, F&& f) {
    switch (kind) {
    case Kind::shelf: return f.template operator()<Shelf>();
    case Kind::tag: return f.template operator()<Tag>();
    case Kind::book: return f.template operator()<Book>();
    case Kind::note: return f.template operator()<Note>();
    case Kind::node: return f.template operator()<Node>();
    }
    throw std::logic_error("a kind that is none");
}

/// A list may hold an object twice; the model's do not.
template <class C, class T>
void put_in(C& collection, const std::shared_ptr<T>& object) {
    if (!collection.is_loaded() || !collection.contains(object)) collection.append(object);
}

class PlayerState {
public:
    PlayerState(az::Engine engine, std::uint32_t seed, bool aloud) : engine_(std::move(engine)), aloud_(aloud) {
        options_.autoflush = (seed & 1) != 0;
        options_.expire_on_commit = (seed & 2) != 0;
        session_ = std::make_unique<az::Session>(engine_, options_);
    }

    std::vector<std::string> steps;

protected:
    void say(std::string text) {
        if (aloud_) std::cout << "  " << text << std::endl;
        steps.push_back(std::move(text));
    }
    [[nodiscard]] std::string name_of(int i) const {
        return i < 0 ? "nothing" : std::string{kind_names[static_cast<std::size_t>(world_[i].kind)]} + "#" + std::to_string(i);
    }
    template <class T>
    [[nodiscard]] std::shared_ptr<T> as(int i) const {
        return std::static_pointer_cast<T>(world_[i].handle);
    }
    void add_to_session(int i) {
        with_class(world_[i].kind, [&]<class T>() { session_->add(as<T>(i)); });
    }
    int put(Kind kind, std::shared_ptr<az::ModelBase> handle, std::string name) {
        Item item;
        item.kind = kind;
        item.handle = std::move(handle);
        item.name = std::move(name);
        world_.items.push_back(std::move(item));
        return static_cast<int>(world_.items.size()) - 1;
    }
    void name(int i, const std::string& name) {
        with_class(world_[i].kind, [&]<class T>() { as<T>(i)->name = name; });
        world_[i].name = name;
    }
    /// What a flush did to the model, keys included.
    void flushed() {
        for (auto& item : world_.items)
            if (item.stage == Stage::pending)
                item.id = with_class(item.kind, [&]<class T>() { return *static_cast<T&>(*item.handle).id; });
        world_.flushed();
        dirty_ = false;
    }
    /// A query may have flushed.
    void note_autoflush() {
        if (dirty_ && !session_->has_changes()) flushed();
    }
    Task flush() {
        co_await session_->flush();
        flushed();
    }
    /// For steps that flush, and go on with what is not flushed.
    Task flush_as_a_query() {
        if (options_.autoflush) co_await flush();
    }
    /// Has a handle on a stored item.
    Task touch(int i) {
        if (world_[i].handle) co_return;
        const auto id = world_[i].id;
        if (world_[i].kind == Kind::shelf) world_[i].handle = co_await session_->get<Shelf>(id);
        else if (world_[i].kind == Kind::tag) world_[i].handle = co_await session_->get<Tag>(id);
        else if (world_[i].kind == Kind::book) world_[i].handle = co_await session_->get<Book>(id);
        else if (world_[i].kind == Kind::note) world_[i].handle = co_await session_->get<Note>(id);
        else world_[i].handle = co_await session_->get<Node>(id);
        if (!world_[i].handle) throw Difference(name_of(i) + " is not found by its key " + std::to_string(id));
        note_autoflush();
    }
    /// Where nothing says who the parent is, SQLAlchemy would leave the old parent's collection as it is.
    template <class L, class K>
    Task know_parent(L& link, const K& key) {
        if (!link.is_loaded() && (!key.is_present() || key.is_expired())) (void)co_await link.load();
        note_autoflush();
    }
    Task know_parent(int i) {
        if (world_[i].stage == Stage::pending) co_return;
        if (world_[i].kind == Kind::book) co_await know_parent(as<Book>(i)->shelf, as<Book>(i)->shelf_id);
        if (world_[i].kind == Kind::note) co_await know_parent(as<Note>(i)->shelf, as<Note>(i)->shelf_id);
        if (world_[i].kind == Kind::node) co_await know_parent(as<Node>(i)->parent, as<Node>(i)->parent_id);
    }
    Task load_links(int i, std::uint32_t which) {
        switch (world_[i].kind) {
        case Kind::shelf: {
            auto shelf = as<Shelf>(i);
            if ((which & 1) != 0) (void)co_await shelf->books.load();
            if ((which & 2) != 0) (void)co_await shelf->notes.load();
            break;
        }
        case Kind::tag: (void)co_await as<Tag>(i)->books.load(); break;
        case Kind::book: {
            auto book = as<Book>(i);
            if ((which & 1) != 0) (void)co_await book->shelf.load();
            if ((which & 2) != 0) (void)co_await book->tags.load();
            if ((which & 4) != 0) (void)co_await book->name.load();
            break;
        }
        case Kind::note: {
            auto note = as<Note>(i);
            if ((which & 1) != 0) (void)co_await note->shelf.load();
            if ((which & 2) != 0) (void)co_await note->name.load();
            break;
        }
        case Kind::node: {
            auto node = as<Node>(i);
            if ((which & 1) != 0) (void)co_await node->parent.load();
            if ((which & 2) != 0) (void)co_await node->children.load();
            if ((which & 4) != 0) (void)co_await node->name.load();
            break;
        }
        }
        note_autoflush();
    }

    /// Puts `i` under `parent` (-1: under nothing), from its own side or from the parent's.
    Task move(int i, int parent, bool by_collection) {
        auto& item = world_[i];
        const int old = item.parent;
        if (item.kind == Kind::node) {
            if (parent < 0 && by_collection && old >= 0) as<Node>(old)->children.remove(as<Node>(i));
            else if (parent >= 0 && by_collection) put_in(as<Node>(parent)->children, as<Node>(i));
            else as<Node>(i)->parent = parent < 0 ? nullptr : as<Node>(parent);
        } else if (item.kind == Kind::note) {
            if (parent < 0 && by_collection && old >= 0) as<Shelf>(old)->notes.remove(as<Note>(i));
            else if (parent >= 0 && by_collection) put_in(as<Shelf>(parent)->notes, as<Note>(i));
            else as<Note>(i)->shelf = parent < 0 ? nullptr : as<Shelf>(parent);
        } else {
            if (parent < 0) as<Shelf>(old)->books.remove(as<Book>(i));
            else if (by_collection) put_in(as<Shelf>(parent)->books, as<Book>(i));
            else as<Book>(i)->shelf = as<Shelf>(parent);
        }
        item.parent = parent;
        item.moved = true;
        if (parent >= 0) world_[parent].received = true;
        if (parent >= 0 && parent != old && item.stage == Stage::marked) item.stage = Stage::stored; // a new parent saves it
        if (parent < 0 && item.kind == Kind::book && item.stage == Stage::pending) { // nobody's: it is not inserted
            item.stage = Stage::gone;
            item.handle.reset();
        }
        dirty_ = true;
        co_return;
    }

    [[nodiscard]] int pick_parent(Kind kind, std::uint32_t choice, int except) const {
        const Kind wanted = kind == Kind::node ? Kind::node : Kind::shelf;
        return world_.pick(choice, [&](const Item& item) {
            const int i = static_cast<int>(&item - world_.items.data());
            return item.kind == wanted && (item.stage == Stage::stored || item.stage == Stage::pending)
                && !(kind == Kind::node && except >= 0 && world_.is_under(i, except));
        });
    }
    [[nodiscard]] bool is_alive(const Item& item) const {
        return item.stage == Stage::pending || (item.stage == Stage::stored && !world_.dies(item));
    }

    az::Engine engine_;
    az::SessionOptions options_;
    std::unique_ptr<az::Session> session_;
    std::vector<az::SessionSavepoint> savepoints_;
    World world_;
    bool aloud_;
    bool dirty_ = false; ///< something waits to be flushed
};

} // namespace random_programs
