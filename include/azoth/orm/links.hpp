// SPDX-License-Identifier: MIT
// Related<T> and Collection<T>: members that link objects. Plain pointers inside; the graph keeps what they point at.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <azoth/orm/attribute.hpp>

namespace azoth {

namespace orm {

/// A link to at most one object.
class RelatedBase : public AttributeBase {
public:
    [[nodiscard]] ModelBase* target() const noexcept { return target_; }
    /// For loaders: points the link at what the database says.
    void load(ModelBase* target) noexcept {
        target_ = target;
        flags_ = present;
    }
    /// For the other side's synchronisation: changes the link and remembers the old target.
    void assign(ModelBase* target);
    void set_target(ModelBase* target) noexcept { target_ = target; }

protected:
    /// A program's assignment: both sides of the relationship follow. @throws ArgumentError for an object that was not
    /// made by make<T>() or a load.
    void link(ModelBase* target);
    [[nodiscard]] ModelBase* loaded() const {
        if (!is_present()) [[unlikely]] require_present();
        return target_;
    }
    void require_present() const;

    ModelBase* target_ = nullptr;
};

/// A link to any number of objects.
class CollectionBase : public AttributeBase {
public:
    [[nodiscard]] const std::vector<ModelBase*>& items() const noexcept { return items_; }
    [[nodiscard]] std::vector<ModelBase*>& items() noexcept { return items_; }

    /// For the other side's synchronisation.
    void insert(ModelBase* object);
    void erase(ModelBase* object);

protected:
    void link(ModelBase* object);
    void unlink(ModelBase* object);
    [[nodiscard]] bool has(const ModelBase* object) const;
    void require_present() const;

    std::vector<ModelBase*> items_;
};

/// The handle of an object in its graph.
template <class T>
[[nodiscard]] std::shared_ptr<T> handle_of(ModelBase* object) {
    if (object == nullptr) return nullptr;
    return handle(object->orm_state().graph, static_cast<T*>(object));
}

} // namespace orm

/// A many-to-one (or one-to-one) link. Reading it never does I/O: `co_await x->user.load()` first, or load it eagerly.
template <class T>
class Related : public orm::RelatedBase {
public:
    using target_type = T;

    /// The target, null when there is none. @throws NotLoadedError.
    [[nodiscard]] std::shared_ptr<T> get() const { return orm::handle_of<T>(loaded()); }
    /// The target without taking part in its ownership: valid as long as this object.
    [[nodiscard]] T* operator->() const { return static_cast<T*>(loaded()); }
    [[nodiscard]] T& operator*() const { return *static_cast<T*>(loaded()); }
    [[nodiscard]] explicit operator bool() const { return loaded() != nullptr; }
    [[nodiscard]] bool is_loaded() const noexcept { return is_present(); }

    Related& operator=(const std::shared_ptr<T>& target) {
        link(target.get());
        return *this;
    }
    Related& operator=(std::nullptr_t) {
        link(nullptr);
        return *this;
    }

    /// The target, from memory, the session, or the database.
    /// @return an awaitable of shared_ptr<T>, null when there is none
    /// @throws InvalidRequestError when the object has no session
    template <class R = Related>
    [[nodiscard]] auto load() {
        return load_related(static_cast<R&>(*this));
    }
};

/// A one-to-many link: a list of objects. Reading it never does I/O: `co_await x->addresses.load()` first, or load it eagerly.
/// Appending and removing work on a collection that is not loaded, too.
template <class T>
class Collection : public orm::CollectionBase {
public:
    using target_type = T;

    /// Goes over the objects as shared_ptr<T>. Valid while the collection does not change.
    class Iterator {
    public:
        using value_type = std::shared_ptr<T>;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        explicit Iterator(std::vector<ModelBase*>::const_iterator position) : position_(position) {}
        [[nodiscard]] std::shared_ptr<T> operator*() const { return orm::handle_of<T>(*position_); }
        Iterator& operator++() {
            ++position_;
            return *this;
        }
        Iterator operator++(int) {
            auto copy = *this;
            ++position_;
            return copy;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        std::vector<ModelBase*>::const_iterator position_;
    };

    void append(const std::shared_ptr<T>& object) { link(object.get()); }
    void add(const std::shared_ptr<T>& object) { link(object.get()); }
    void remove(const std::shared_ptr<T>& object) { unlink(object.get()); }
    void remove(const T& object) { unlink(const_cast<T*>(&object)); }

    /// @throws NotLoadedError.
    [[nodiscard]] std::size_t size() const { return loaded().size(); }
    [[nodiscard]] bool empty() const { return loaded().empty(); }
    [[nodiscard]] Iterator begin() const { return Iterator{loaded().begin()}; }
    [[nodiscard]] Iterator end() const { return Iterator{loaded().end()}; }
    /// @pre position < size()
    [[nodiscard]] std::shared_ptr<T> operator[](std::size_t position) const { return orm::handle_of<T>(loaded()[position]); }
    [[nodiscard]] bool is_loaded() const noexcept { return is_present(); }

    /// The objects, from memory or the database.
    /// @return an awaitable of vector<shared_ptr<T>>
    /// @throws InvalidRequestError when the object has no session
    template <class C = Collection>
    [[nodiscard]] auto load() {
        return load_collection(static_cast<C&>(*this));
    }

private:
    [[nodiscard]] const std::vector<ModelBase*>& loaded() const {
        if (!is_present()) [[unlikely]] require_present();
        return items_;
    }
};

} // namespace azoth
