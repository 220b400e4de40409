// SPDX-License-Identifier: MIT
// The identity map: at most one object per row in a session, held weakly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include <azoth/orm/mapper_data.hpp>

namespace azoth::orm {

/// A primary key's value: one integer, or anything else as text that is equal for equal keys.
using IdentityKey = std::variant<std::int64_t, std::string>;

/// The key from an object's attributes. @param original  the values that the row has, not yet flushed ones
[[nodiscard]] IdentityKey identity_key(ModelBase& object, bool original);
[[nodiscard]] IdentityKey identity_key(const std::vector<Value>& values);

class IdentityMap {
public:
    IdentityMap();
    ~IdentityMap();
    IdentityMap(const IdentityMap&) = delete;
    IdentityMap& operator=(const IdentityMap&) = delete;

    /// The object of that row, null when there is none or nobody holds it any more. `owner` then keeps it.
    [[nodiscard]] ModelBase* find(const MapperData& mapper, const IdentityKey& key, GraphRef& owner) const;
    [[nodiscard]] ModelBase* find(const MapperData& mapper, std::int64_t key, GraphRef& owner) const;
    /// Makes room for that many objects of a class whose key is one integer: what a large result will add.
    void reserve_integers(const MapperData& mapper, std::size_t objects);
    void insert(const IdentityKey& key, ModelBase& object);
    void insert(std::int64_t key, ModelBase& object);
    void erase(const MapperData& mapper, const IdentityKey& key);
    /// Calls `visit(ModelBase&)` for each object that is alive, and forgets the others.
    void for_each(const std::function<void(ModelBase&)>& visit);
    void clear();
    /// Keeps the objects that come from now on alive, until they are erased.
    void keep_objects() { keeps_ = true; }
    /// Objects that are alive.
    [[nodiscard]] std::size_t size() const;

private:
    struct Objects; // of one class
    [[nodiscard]] Objects* objects_of(const MapperData& mapper) const;
    [[nodiscard]] Objects& room_for(const MapperData& mapper);

    void keep(ModelBase& object);

    std::unordered_map<const MapperData*, std::unique_ptr<Objects>> classes_;
    bool keeps_ = false;
    std::unordered_map<const ModelBase*, GraphRef> kept_;
    // The class asked for last: results come class by class.
    mutable const MapperData* last_class_ = nullptr;
    mutable Objects* last_objects_ = nullptr;
};

} // namespace azoth::orm
