// SPDX-License-Identifier: MIT
// Random programs on a session, with a plain model beside it: after every flush objects and tables are what the model says.
// AZOTH_RANDOM_SEED=<n> runs one program and prints its steps as they are made; AZOTH_RANDOM_PROGRAMS=<n> runs more.
#include "integration/random_comparison.hpp"
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <random>

namespace random_programs {

namespace {

class Player : public ComparingPlayer {
public:
    using ComparingPlayer::ComparingPlayer;

    Task play(const std::vector<Step>& program) {
        for (const auto& step : program) {
            co_await make(step);
            note_autoflush();
        }
        say("commit");
        co_await commit();
        say("look at everything with a new session");
        co_await start_again();
        for (std::size_t i = 0; i < world_.items.size(); ++i) {
            if (world_.items[i].stage != Stage::stored) continue;
            co_await touch(static_cast<int>(i));
            co_await load_links(static_cast<int>(i), 7);
        }
        co_await compare();
        co_await session_->close();
    }

private:
    Task make(const Step& step) {
        switch (step.action % 28) {
        case 0: case 1: case 2: case 3: case 24: case 25: co_await add(step); break;
        case 4: case 5: co_await rename(step); break;
        case 6: case 7: case 8: case 26: case 27: co_await relink(step); break;
        case 9: case 10: co_await tag(step); break;
        case 11: co_await remove(step); break;
        case 12: case 13:
            say("flush");
            co_await flush();
            co_await compare();
            break;
        case 14: co_await savepoint(step); break;
        case 15: co_await roll_back_savepoint(step); break;
        case 16:
            if (step.a % 4 == 0) co_await roll_back(step);
            break;
        case 17:
            say("commit");
            co_await commit();
            break;
        case 18: co_await expire(step); break;
        case 19: co_await refresh(step); break;
        case 20: co_await merge(step); break;
        case 21: co_await load(step); break;
        case 22: co_await let_go(step); break;
        case 23: co_await change_outside(step); break;
        }
    }

    Task add(const Step& step) {
        const auto kind = static_cast<Kind>(step.a % 5);
        const auto text = "n" + std::to_string(step.c % 100);
        const int parent = kind <= Kind::tag ? -1 : pick_parent(kind, step.b, -1);
        if (kind == Kind::book && parent < 0) co_return;
        if (parent >= 0) co_await touch(parent);
        const auto object = with_class(kind, [&]<class T>() -> std::shared_ptr<az::ModelBase> {
            auto made = az::make<T>();
            made->name = text;
            return made;
        });
        const int i = put(kind, object, text);
        const bool by_collection = (step.c & 1) != 0;
        const bool linked = parent >= 0 && (kind == Kind::book || (step.c & 2) != 0);
        say("add " + name_of(i) + (linked ? (by_collection ? " to the collection of " : " with the parent ") + name_of(parent) : ""));
        // Linked from its own side it is not in the session yet: that cascades from the collection's side only.
        if (linked) co_await move(i, parent, by_collection);
        add_to_session(i);
        dirty_ = true;
    }
    Task rename(const Step& step) {
        const int i = world_.pick(step.a, [&](const Item& item) { return is_alive(item); });
        if (i < 0) co_return;
        co_await touch(i);
        say("rename " + name_of(i));
        name(i, "r" + std::to_string(step.b % 50));
        dirty_ = true;
    }
    Task relink(const Step& step) {
        const int i = world_.pick(step.a, [&](const Item& item) {
            return item.kind >= Kind::book && (is_alive(item) || (item.kind == Kind::book && world_.dies(item)));
        });
        if (i < 0) co_return;
        int parent = step.b % 4 == 0 ? -1 : pick_parent(world_[i].kind, step.b / 4, i);
        if (world_[i].kind == Kind::book && parent < 0 && (world_[i].parent < 0 || world_[i].stage == Stage::marked)) co_return;
        const int old = world_[i].parent;
        co_await touch(i);
        if (parent >= 0) co_await touch(parent);
        if (old >= 0) co_await touch(old);
        co_await know_parent(i);
        if (parent >= 0 && world_[i].kind == Kind::node && world_.is_or_was_under(parent, i)) {
            say("flush");
            co_await flush();
        }
        if (parent < 0 && world_[i].kind == Kind::book && world_[i].received) { // an orphan is deleted: nothing may be linked to it
            say("flush");
            co_await flush();
        }
        if (world_[i].stage == Stage::gone || (parent >= 0 && world_[parent].stage == Stage::gone)) co_return; // an autoflush
        say("move " + name_of(i) + " from " + name_of(old) + " to " + name_of(parent) + ((step.c & 1) != 0 ? " by the collection" : ""));
        co_await move(i, parent, (step.c & 1) != 0);
    }
    Task tag(const Step& step) {
        const int book = world_.pick(step.a, [&](const Item& item) {
            return item.kind == Kind::book && is_alive(item) && world_[item.parent].stage != Stage::marked;
        });
        const int tag = world_.pick(step.b, [&](const Item& item) { return item.kind == Kind::tag && is_alive(item); });
        if (book < 0 || tag < 0) co_return;
        co_await touch(book);
        co_await touch(tag);
        const bool by_tag = (step.c & 1) != 0;
        const bool there = world_[book].tags.contains(tag);
        say((there ? "untag " : "tag ") + name_of(book) + " with " + name_of(tag) + (by_tag ? " by the tag" : ""));
        if (there) {
            if (by_tag) as<Tag>(tag)->books.remove(as<Book>(book));
            else as<Book>(book)->tags.remove(as<Tag>(tag));
            world_[book].tags.erase(tag);
        } else {
            if (by_tag) as<Tag>(tag)->books.append(as<Book>(book));
            else as<Book>(book)->tags.append(as<Tag>(tag));
            world_[book].tags.insert(tag);
        }
        world_[book].received = world_[tag].received = true;
        dirty_ = true;
    }
    Task remove(const Step& step) {
        if (step.b % 4 == 0) { // or take a deletion back
            const int i = world_.pick(step.a, [&](const Item& item) {
                return item.stage == Stage::marked && (item.parent < 0 || world_[item.parent].stage != Stage::marked);
            });
            if (i < 0) co_return;
            say("add " + name_of(i) + " again, that is to be deleted");
            add_to_session(i);
            world_[i].stage = Stage::stored;
            co_return;
        }
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored && !world_.dies(item); });
        if (i < 0) co_return;
        co_await touch(i);
        co_await flush_as_a_query();
        if (world_[i].stage != Stage::stored) co_return;
        const bool waits = std::ranges::any_of(world_.items, [&](const Item& item) {
            if (item.kind == Kind::book && item.parent == i && item.received) return true; // it goes along
            return item.stage == Stage::pending && (item.parent == i || item.tags.contains(i));
        });
        // What was linked to it meanwhile would be refused by the database; a new parent would save it.
        if (waits || world_[i].received || world_[i].moved) {
            say("flush");
            co_await flush();
        }
        say("delete " + name_of(i));
        co_await with_class(world_[i].kind, [&]<class T>() { return session_->delete_(as<T>(i)); });
        world_[i].stage = Stage::marked;
        for (auto& item : world_.items)
            if (item.kind == Kind::book && item.parent == i && item.stage == Stage::stored) item.stage = Stage::marked;
        // The handles of what is to be deleted: a deletion may be taken back.
        for (std::size_t k = 0; k < world_.items.size(); ++k)
            if (world_.items[k].stage == Stage::marked) co_await touch(static_cast<int>(k));
        dirty_ = true;
    }
    Task savepoint(const Step& step) {
        if (savepoints_.size() >= 3) co_return;
        if (step.a % 3 == 0 && !savepoints_.empty()) {
            say("release savepoint");
            co_await savepoints_.back().commit();
            flushed();
            savepoints_.pop_back();
            world_.levels.pop_back();
            co_await compare();
            co_return;
        }
        say("savepoint");
        savepoints_.push_back(co_await session_->begin_nested());
        flushed();
        world_.begin_level();
    }
    Task roll_back_savepoint(const Step& step) {
        if (savepoints_.empty()) co_return;
        say("rollback to savepoint");
        co_await savepoints_.back().rollback();
        savepoints_.pop_back();
        auto before = std::move(world_.levels.back());
        world_.levels.pop_back();
        dirty_ = false;
        add_some_again(world_.restore(std::move(before)), step, false);
        co_await session_->flush();
        flushed();
        co_await compare();
    }
    Task roll_back(const Step& step) {
        say("rollback");
        co_await session_->rollback();
        savepoints_.clear();
        auto before = std::move(world_.levels.front());
        world_.levels.clear();
        dirty_ = false;
        auto created = world_.restore(std::move(before));
        for (auto& item : world_.items) item.stale = false; // all is expired
        world_.begin_level();
        add_some_again(std::move(created), step, true);
        co_await session_->flush();
        flushed();
        co_await compare();
    }
    /// Objects whose INSERT was rolled back are new again, with the values they have; some are added once more.
    void add_some_again(std::vector<Item> created, const Step& step, bool whole) {
        auto bits = step.c;
        for (auto& item : created) {
            bits = bits * 1664525 + 1013904223;
            if (item.stage == Stage::gone || !item.handle || item.kind == Kind::book || (bits & 0x10000) == 0) continue;
            const auto old = item.parent;
            if (item.kind == Kind::note) std::static_pointer_cast<Note>(item.handle)->shelf = nullptr;
            if (item.kind == Kind::node) std::static_pointer_cast<Node>(item.handle)->parent = nullptr;
            // What was expired when it became new again has lost its values.
            const bool named = with_class(item.kind, [&]<class T>() { return static_cast<T&>(*item.handle).name.is_present(); });
            const bool alone = named && with_class(item.kind, [&]<class T>() {
                auto& object = static_cast<T&>(*item.handle);
                if constexpr (std::is_same_v<T, Shelf>) return object.books.empty() && object.notes.empty();
                else if constexpr (std::is_same_v<T, Tag>) return object.books.empty();
                else if constexpr (std::is_same_v<T, Node>) return object.children.empty();
                else return true;
            });
            if (old >= 0 && static_cast<std::size_t>(old) < world_.items.size()) world_[old].stale = true;
            if (!alone) continue;
            // The key that the database had made may be another row's by now.
            with_class(item.kind, [&]<class T>() { static_cast<T&>(*item.handle).id.set_flags(0); return true; });
            const int i = put(item.kind, item.handle, item.name);
            say("add it again as " + name_of(i) + (whole ? "" : ", in the outer transaction"));
            add_to_session(i);
            dirty_ = true;
        }
    }
    Task commit() {
        co_await session_->commit();
        savepoints_.clear();
        flushed();
        world_.committed();
        if (options_.expire_on_commit)
            for (auto& item : world_.items) item.stale = false;
        co_await compare();
    }
    Task start_again() {
        co_await session_->close();
        for (auto& item : world_.items) {
            item.handle.reset();
            item.stale = false;
        }
        session_ = std::make_unique<az::Session>(engine_, options_);
    }
    Task expire(const Step& step) {
        if (world_.items.empty()) co_return;
        if (std::ranges::any_of(world_.items, [&](const Item& item) { return item.received || item.moved || world_.dies(item) || item.stage == Stage::pending; })
            || step.b % 3 == 0) {
            say("flush"); // half of a link that is not flushed would be forgotten
            co_await flush();
        }
        if (step.b % 5 == 0) {
            say("expire all");
            co_await flush();
            session_->expire_all();
            for (auto& item : world_.items) item.stale = false;
            co_return;
        }
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored && item.handle; });
        if (i < 0) co_return;
        if (world_[i].kind == Kind::shelf) co_await flush(); // its books are expired, too
        if (world_[i].stage != Stage::stored) co_return;
        say("expire " + name_of(i));
        with_class(world_[i].kind, [&]<class T>() { session_->expire(as<T>(i)); });
        world_[i].name = world_.tables.rows[static_cast<std::size_t>(world_[i].kind)][world_[i].id].name;
        world_[i].stale = false;
    }
    Task refresh(const Step& step) {
        if (std::ranges::any_of(world_.items, [&](const Item& item) { return item.received || item.moved || world_.dies(item); })) {
            say("flush");
            co_await flush();
        }
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored; });
        if (i < 0) co_return;
        co_await touch(i);
        if (world_[i].kind == Kind::shelf) co_await flush(); // its books are expired, too
        co_await flush_as_a_query();
        say("refresh " + name_of(i));
        co_await with_class(world_[i].kind, [&]<class T>() { return session_->refresh(as<T>(i)); });
        world_[i].name = world_.tables.rows[static_cast<std::size_t>(world_[i].kind)][world_[i].id].name;
        world_[i].stale = false;
        const auto now = with_class(world_[i].kind, [&]<class T>() { return *as<T>(i)->name; });
        if (now != world_[i].name) throw Difference(name_of(i) + " is called '" + now + "' after refresh(), not '" + world_[i].name + "'");
    }
    Task merge(const Step& step) {
        co_await flush_as_a_query();
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored && is_alive(item); });
        if (i < 0) co_return;
        const auto text = "m" + std::to_string(step.b % 50);
        if (world_[i].kind == Kind::shelf && step.c % 2 == 0) {
            co_await merge_shelf(i, step, text);
            co_return;
        }
        say("merge a copy of " + name_of(i));
        co_await with_class(world_[i].kind, [&]<class T>() { return merge_copy<T>(i, text); });
        world_[i].name = text;
        dirty_ = true;
    }
    template <class T>
    Task merge_copy(int i, std::string text) {
        auto copy = az::make<T>();
        copy->id = world_[i].id;
        copy->name = text;
        const std::shared_ptr<az::ModelBase> merged = co_await session_->merge(copy);
        if (world_[i].handle && merged != world_[i].handle) throw Difference("merge() made a second object of " + name_of(i));
        world_[i].handle = merged;
    }
    /// A shelf with other notes than it has.
    Task merge_shelf(int shelf, const Step& step, std::string text) {
        auto copy = az::make<Shelf>(col<&Shelf::id> = world_[shelf].id, col<&Shelf::name> = text);
        std::set<int> chosen;
        for (const auto choice : {step.b, step.b / 7}) {
            const int note = world_.pick(choice, [&](const Item& item) { return item.kind == Kind::note && item.stage == Stage::stored; });
            if (note < 0 || !chosen.insert(note).second) continue;
            copy->notes.append(az::make<Note>(col<&Note::id> = world_[note].id, col<&Note::name> = text));
        }
        copy->notes.append(az::make<Note>(col<&Note::name> = "new " + text));
        std::string names;
        for (const int note : chosen) names += " " + name_of(note);
        say("merge " + name_of(shelf) + " with a new note and" + names);
        for (std::size_t k = 0; k < world_.items.size(); ++k) // who has them is known
            if (world_.items[k].kind == Kind::note && world_.items[k].stage == Stage::stored) {
                co_await touch(static_cast<int>(k));
                co_await know_parent(static_cast<int>(k));
            }
        auto merged = co_await session_->merge(copy);
        if (world_[shelf].handle && merged != world_[shelf].handle) throw Difference("merge() made a second object of " + name_of(shelf));
        world_[shelf].handle = merged;
        world_[shelf].name = text;
        world_[shelf].received = true;
        for (auto& item : world_.items)
            if (item.kind == Kind::note && item.stage != Stage::gone && item.parent == shelf) item.parent = -1;
        for (const int note : chosen) {
            world_[note].parent = shelf;
            world_[note].moved = true;
            world_[note].name = text;
        }
        std::shared_ptr<Note> fresh;
        for (const auto& note : merged->notes)
            if (az::inspect(*note).pending() && *note->name == "new " + text
                && std::ranges::none_of(world_.items, [&](const Item& item) { return item.handle == note; }))
                fresh = note;
        if (!fresh) throw Difference("merge() did not bring the new note of " + name_of(shelf));
        const int i = put(Kind::note, fresh, "new " + text);
        world_[i].parent = shelf;
        dirty_ = true;
    }
    Task load(const Step& step) {
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored; });
        if (i < 0) co_return;
        co_await touch(i);
        if (world_[i].stage != Stage::stored) co_return;
        say("load links of " + name_of(i));
        co_await load_links(i, step.b);
    }
    Task let_go(const Step& step) {
        if (step.b % 6 == 0) {
            say("commit and start a new session");
            co_await commit();
            co_await start_again();
            co_return;
        }
        const int i = world_.pick(step.a, [&](const Item& item) { return item.stage == Stage::stored && item.handle; });
        if (i < 0) co_return;
        say("drop the handle of " + name_of(i));
        world_[i].handle.reset();
    }
    Task change_outside(const Step& step) {
        say("flush");
        co_await flush();
        const int i = world_.pick(step.a, [&](const Item& item) {
            return item.stage == Stage::stored && (item.kind == Kind::tag || item.kind == Kind::note || item.kind == Kind::node);
        });
        if (i < 0) co_return;
        co_await touch(i);
        if (links_to_deleted(i)) co_return; // add() refuses that
        say("expunge " + name_of(i) + ", rename it, add it again");
        with_class(world_[i].kind, [&]<class T>() { session_->expunge(as<T>(i)); });
        name(i, "x" + std::to_string(step.b % 50));
        add_to_session(i);
        dirty_ = true;
    }

    /// Whether a loaded link still shows an object whose row was deleted.
    [[nodiscard]] bool links_to_deleted(int i) const {
        const auto all_there = [](const auto& link) {
            return !link.is_loaded() || std::ranges::all_of(link, [](const auto& object) { return az::inspect(*object).persistent(); });
        };
        const auto there = [](const auto& link) { return !link.is_loaded() || !link || az::inspect(*link).persistent(); };
        if (world_[i].kind == Kind::tag) return !all_there(as<Tag>(i)->books);
        if (world_[i].kind == Kind::note) return !there(as<Note>(i)->shelf);
        return !there(as<Node>(i)->parent) || !all_there(as<Node>(i)->children);
    }
};

Task empty_tables(az::Engine engine) {
    auto connection = co_await engine.connect();
    for (const char* table : {"book_tag", "tag", "book", "note", "shelf", "node"})
        co_await connection.run(std::string{"DELETE FROM "} + table);
    co_await connection.commit();
    co_await connection.close();
}

std::vector<Step> program_of(std::uint32_t seed) {
    std::mt19937 random{seed};
    std::vector<Step> program(10 + random() % 51);
    const auto number = [&] { return static_cast<std::uint32_t>(random()); };
    for (auto& step : program) step = {number(), number(), number(), number()};
    return program;
}

/// @return what went wrong, with the steps; empty when nothing did
std::string run(Backend& backend, std::uint32_t seed, const std::vector<Step>& program, bool aloud) {
    backend.run(empty_tables(backend.engine()));
    Player player{backend.engine(), seed, aloud};
    std::string wrong;
    try {
        backend.run(player.play(program));
        return {};
    } catch (const std::exception& error) {
        wrong = error.what();
    }
    for (const auto& step : player.steps) wrong += "\n  " + step;
    return wrong;
}

/// Leaves out steps as long as it goes wrong without them.
std::string shortest(Backend& backend, std::uint32_t seed, std::vector<Step> program, std::string wrong) {
    for (bool shorter = true; shorter;) {
        shorter = false;
        for (std::size_t i = program.size(); i-- > 0;) {
            auto fewer = program;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            auto still = run(backend, seed, fewer, false);
            if (still.empty()) continue;
            program = std::move(fewer);
            wrong = std::move(still);
            shorter = true;
        }
    }
    return wrong;
}

} // namespace

TEST_CASE("session: random programs leave what a plain model says", "[integration][orm][random]") {
    Backend backend{"sqlite"};
    const auto create = [](az::Engine engine) -> Task {
        az::Registry models;
        models.add<Shelf, Book, Note, Tag, Node>();
        co_await models.metadata().create_all(engine);
    };
    backend.run(create(backend.engine()));

    if (const char* only = std::getenv("AZOTH_RANDOM_SEED")) {
        const auto seed = static_cast<std::uint32_t>(std::stoul(only));
        CHECK(run(backend, seed, program_of(seed), true).empty());
        return;
    }
    int failures = 0;
    const char* count = std::getenv("AZOTH_RANDOM_PROGRAMS");
    const auto programs = count == nullptr ? 2000U : static_cast<std::uint32_t>(std::stoul(count));
    for (std::uint32_t seed = 1; seed <= programs && failures < 5; ++seed) {
        const auto program = program_of(seed);
        auto wrong = run(backend, seed, program, false);
        if (wrong.empty()) continue;
        ++failures;
        FAIL_CHECK("seed " << seed << ": " << shortest(backend, seed, program, std::move(wrong)));
    }
}

} // namespace random_programs
