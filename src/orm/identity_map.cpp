// SPDX-License-Identifier: MIT
// Finding the one object of a row; entries of objects that nobody holds are dropped as the map grows.
#include <azoth/orm/identity_map.hpp>

#include <algorithm>

#include <tsl/robin_map.h>

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

struct Entry {
    ModelBase* object = nullptr;
    WeakGraph graph;

    Entry(ModelBase& o) : object(&o), graph(o.orm_state().graph) {}

    ModelBase* lock(GraphRef& owner) const {
        owner = graph.lock();
        return owner ? object : nullptr;
    }
};

/// Asks entries whether they are alive, a graph once where its objects follow each other: the answer costs a lock.
class Liveness {
public:
    [[nodiscard]] bool operator()(const Entry& entry) {
        if (entry.graph.address() != asked_) {
            asked_ = entry.graph.address();
            alive_ = !entry.graph.expired();
        }
        return alive_;
    }

private:
    const Graph* asked_ = nullptr;
    bool alive_ = false;
};

/// Calls `visit(Entry&)`; entries for which it says false are erased.
template <class Map, class Visit>
void keep_if(Map& map, Visit visit) {
    for (auto entry = map.begin(); entry != map.end();) {
        if (visit(entry->second)) ++entry;
        else entry = map.erase(entry);
    }
}

} // namespace

struct IdentityMap::Objects {
    tsl::robin_map<std::int64_t, Entry> integers;
    tsl::robin_map<std::string, Entry> others;
    std::size_t sweep_at = 1024; ///< entries of dead objects are looked for when there are this many

    // An object costs a bucket of 32 bytes, 80 at worst, and not 128 as with the map's own half empty tables.
    Objects() {
        integers.max_load_factor(0.8F);
        others.max_load_factor(0.8F);
    }
    [[nodiscard]] std::size_t size() const noexcept { return integers.size() + others.size(); }

    void sweep() {
        keep_if(integers, Liveness{});
        keep_if(others, Liveness{});
        sweep_at = std::max<std::size_t>(1024, 2 * size());
    }
};

IdentityKey identity_key(const std::vector<Value>& values) {
    if (values.size() == 1)
        if (const auto* integer = std::get_if<std::int64_t>(&values.front().variant())) return *integer;
    std::string key;
    for (const auto& value : values) append_part(key, value);
    return key;
}

IdentityKey identity_key(ModelBase& object, bool original) {
    const auto& key = object.orm_state().mapper->primary_key;
    if (key.size() == 1) {
        Value value = key_value(object, key.front(), original);
        if (const auto* integer = std::get_if<std::int64_t>(&value.variant())) return *integer;
        std::string text;
        append_part(text, value);
        return text;
    }
    std::vector<Value> values;
    for (const auto attribute : key)
        values.push_back(key_value(object, attribute, original));
    return identity_key(values);
}

IdentityMap::IdentityMap() = default;
IdentityMap::~IdentityMap() = default;

IdentityMap::Objects* IdentityMap::objects_of(const MapperData& mapper) const {
    if (last_class_ == &mapper) return last_objects_;
    const auto found = classes_.find(&mapper);
    if (found == classes_.end()) return nullptr;
    last_class_ = &mapper;
    last_objects_ = found->second.get();
    return last_objects_;
}

IdentityMap::Objects& IdentityMap::room_for(const MapperData& mapper) {
    auto* objects = objects_of(mapper);
    if (objects == nullptr) objects = classes_.emplace(&mapper, std::make_unique<Objects>()).first->second.get();
    if (objects->size() >= objects->sweep_at) objects->sweep();
    return *objects;
}

ModelBase* IdentityMap::find(const MapperData& mapper, std::int64_t key, GraphRef& owner) const {
    const auto* objects = objects_of(mapper);
    if (objects == nullptr) return nullptr;
    const auto entry = objects->integers.find(key);
    return entry == objects->integers.end() ? nullptr : entry->second.lock(owner);
}

ModelBase* IdentityMap::find(const MapperData& mapper, const IdentityKey& key, GraphRef& owner) const {
    if (const auto* integer = std::get_if<std::int64_t>(&key)) return find(mapper, *integer, owner);
    const auto* objects = objects_of(mapper);
    if (objects == nullptr) return nullptr;
    const auto entry = objects->others.find(std::get<std::string>(key));
    return entry == objects->others.end() ? nullptr : entry->second.lock(owner);
}

void IdentityMap::reserve_integers(const MapperData& mapper, std::size_t objects) {
    auto& integers = room_for(mapper).integers;
    // reserve() makes the whole table anew each time, and may make it smaller. What is there already may be read again.
    if (static_cast<float>(objects) > static_cast<float>(integers.bucket_count()) * integers.max_load_factor())
        integers.reserve(objects);
}

void IdentityMap::insert(std::int64_t key, ModelBase& object) {
    room_for(*object.orm_state().mapper).integers.insert_or_assign(key, Entry{object});
    keep(object);
}

void IdentityMap::insert(const IdentityKey& key, ModelBase& object) {
    if (const auto* integer = std::get_if<std::int64_t>(&key)) insert(*integer, object);
    else {
        room_for(*object.orm_state().mapper).others.insert_or_assign(std::get<std::string>(key), Entry{object});
        keep(object);
    }
}

void IdentityMap::keep(ModelBase& object) {
    if (keeps_) kept_.try_emplace(&object, object.orm_state().graph);
}

void IdentityMap::erase(const MapperData& mapper, const IdentityKey& key) {
    auto* objects = objects_of(mapper);
    if (objects == nullptr) return;
    GraphRef owner; // its last one perhaps: dropped when the map is done
    if (keeps_)
        if (const auto* object = find(mapper, key, owner)) kept_.erase(object);
    if (const auto* integer = std::get_if<std::int64_t>(&key)) objects->integers.erase(*integer);
    else objects->others.erase(std::get<std::string>(key));
}

void IdentityMap::for_each(const std::function<void(ModelBase&)>& visit) {
    // Objects of one graph follow each other in a result: it is locked once.
    GraphRef owner;
    const Graph* asked = nullptr;
    const auto visit_alive = [&](const Entry& entry) {
        if (entry.graph.address() != asked) {
            asked = entry.graph.address();
            owner = entry.graph.lock();
        }
        if (owner) visit(*entry.object);
        return static_cast<bool>(owner);
    };
    for (auto& [mapper, objects] : classes_) {
        keep_if(objects->integers, visit_alive);
        keep_if(objects->others, visit_alive);
    }
}

void IdentityMap::clear() {
    last_class_ = nullptr;
    last_objects_ = nullptr;
    classes_.clear();
    kept_.clear();
}

std::size_t IdentityMap::size() const {
    std::size_t alive = 0;
    auto count = [&alive, is_alive = Liveness{}](const auto& map) mutable {
        for (const auto& [key, entry] : map) alive += is_alive(entry) ? 1 : 0;
    };
    for (const auto& [mapper, objects] : classes_) {
        count(objects->integers);
        count(objects->others);
    }
    return alive;
}

} // namespace azoth::orm
