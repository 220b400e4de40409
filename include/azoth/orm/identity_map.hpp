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
    /// The object of that row, null when there is none or nobody holds it any more. `owner` then keeps it.
    [[nodiscard]] ModelBase* find(const MapperData& mapper, const IdentityKey& key, GraphRef& owner) const;
    [[nodiscard]] ModelBase* find(const MapperData& mapper, std::int64_t key, GraphRef& owner) const;
    void insert(const IdentityKey& key, ModelBase& object);
    void insert(std::int64_t key, ModelBase& object);
    void erase(const MapperData& mapper, const IdentityKey& key);
    /// Calls `visit(ModelBase&)` for each object that is alive, and forgets the others.
    void for_each(const std::function<void(ModelBase&)>& visit);
    void clear() { classes_.clear(); }
    /// Objects that are alive.
    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        ModelBase* object = nullptr;
        WeakGraph graph;
    };
    struct Class {
        std::unordered_map<std::int64_t, Entry> integers;
        std::unordered_map<std::string, Entry> others;
        std::size_t sweep_at = 1024; ///< entries of dead objects are looked for when there are this many
    };
    static void sweep(Class& entries);

    std::unordered_map<const MapperData*, Class> classes_;
};

} // namespace azoth::orm
