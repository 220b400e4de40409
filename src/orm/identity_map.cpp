// SPDX-License-Identifier: MIT
// Finding the one object of a row; entries of objects that nobody holds are dropped as the map grows.
#include <azoth/orm/identity_map.hpp>

#include <azoth/types/value.hpp>

namespace azoth::orm {

namespace {

void append_part(std::string& key, const Value& value) {
    const auto text = to_string(value.param(), std::string::npos);
    key += std::to_string(value.variant().index()) + ":" + std::to_string(text.size()) + ":" + text;
}

/// The value that the row has: what was there before a change that is not flushed yet.
Value key_value(ModelBase& object, std::uint16_t attribute, bool original) {
    const auto& state = object.orm_state();
    if (original && state.changes)
        for (const auto& old : state.changes->values)
            if (old.attribute == attribute && old.known) return old.value;
    const auto& info = state.mapper->attributes[attribute];
    const auto& member = MapperData::attribute(object, info);
    return member.is_present() ? info.operations->value(member) : Value{};
}

} // namespace

IdentityKey identity_key(const std::vector<Value>& values) {
    if (values.size() == 1)
        if (const auto* integer = std::get_if<std::int64_t>(&values.front().variant())) return *integer;
    std::string key;
    for (const auto& value : values) append_part(key, value);
    return key;
}

IdentityKey identity_key(ModelBase& object, bool original) {
    std::vector<Value> values;
    for (const auto attribute : object.orm_state().mapper->primary_key)
        values.push_back(key_value(object, attribute, original));
    return identity_key(values);
}

ModelBase* IdentityMap::find(const MapperData& mapper, std::int64_t key, GraphRef& owner) const {
    const auto found = classes_.find(&mapper);
    if (found == classes_.end()) return nullptr;
    const auto entry = found->second.integers.find(key);
    if (entry == found->second.integers.end()) return nullptr;
    owner = entry->second.graph.lock();
    return owner ? entry->second.object : nullptr;
}

ModelBase* IdentityMap::find(const MapperData& mapper, const IdentityKey& key, GraphRef& owner) const {
    if (const auto* integer = std::get_if<std::int64_t>(&key)) return find(mapper, *integer, owner);
    const auto found = classes_.find(&mapper);
    if (found == classes_.end()) return nullptr;
    const auto entry = found->second.others.find(std::get<std::string>(key));
    if (entry == found->second.others.end()) return nullptr;
    owner = entry->second.graph.lock();
    return owner ? entry->second.object : nullptr;
}

void IdentityMap::sweep(Class& entries) {
    std::erase_if(entries.integers, [](const auto& entry) { return entry.second.graph.expired(); });
    std::erase_if(entries.others, [](const auto& entry) { return entry.second.graph.expired(); });
    entries.sweep_at = std::max<std::size_t>(1024, 2 * (entries.integers.size() + entries.others.size()));
}

void IdentityMap::insert(std::int64_t key, ModelBase& object) {
    auto& entries = classes_[object.orm_state().mapper];
    if (entries.integers.size() + entries.others.size() >= entries.sweep_at) sweep(entries);
    entries.integers.insert_or_assign(key, Entry{&object, WeakGraph{object.orm_state().graph}});
}

void IdentityMap::insert(const IdentityKey& key, ModelBase& object) {
    if (const auto* integer = std::get_if<std::int64_t>(&key)) {
        insert(*integer, object);
        return;
    }
    auto& entries = classes_[object.orm_state().mapper];
    if (entries.integers.size() + entries.others.size() >= entries.sweep_at) sweep(entries);
    entries.others.insert_or_assign(std::get<std::string>(key), Entry{&object, WeakGraph{object.orm_state().graph}});
}

void IdentityMap::erase(const MapperData& mapper, const IdentityKey& key) {
    const auto found = classes_.find(&mapper);
    if (found == classes_.end()) return;
    if (const auto* integer = std::get_if<std::int64_t>(&key)) found->second.integers.erase(*integer);
    else found->second.others.erase(std::get<std::string>(key));
}

void IdentityMap::for_each(const std::function<void(ModelBase&)>& visit) {
    const auto all = [&](auto& entries) {
        for (auto entry = entries.begin(); entry != entries.end();) {
            if (const auto owner = entry->second.graph.lock()) {
                visit(*entry->second.object);
                ++entry;
            } else {
                entry = entries.erase(entry);
            }
        }
    };
    for (auto& [mapper, entries] : classes_) {
        all(entries.integers);
        all(entries.others);
    }
}

std::size_t IdentityMap::size() const {
    std::size_t alive = 0;
    for (const auto& [mapper, entries] : classes_) {
        for (const auto& [key, entry] : entries.integers) alive += entry.graph.expired() ? 0 : 1;
        for (const auto& [key, entry] : entries.others) alive += entry.graph.expired() ? 0 : 1;
    }
    return alive;
}

} // namespace azoth::orm
