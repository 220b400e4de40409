// SPDX-License-Identifier: MIT
// When classes are mapped and mappings completed, and who is told.
#include "orm/configuration.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <azoth/orm/errors.hpp>
#include <azoth/orm/registry.hpp>

namespace azoth::orm {

std::recursive_mutex& configuration_mutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

MappingEvents& mapping_events_of_all_classes() {
    static MappingEvents events;
    return events;
}

namespace {

/// Tells the listeners of all classes, then those of the class's registry.
template <class Event, class... A>
void tell(const MapperData& mapper, Event MappingEvents::* event, A&... arguments) {
    (mapping_events_of_all_classes().*event)(arguments...);
    if (mapper.registry != nullptr) (mapper.registry->events().*event)(arguments...);
}

[[noreturn]] void refuse_unfinished(const MapperData& mapper) {
    throw ArgumentError(
        mapper.class_name
        + "::map() uses its own class before it is mapped: what needs its columns is given as a function, which is called later");
}

} // namespace

void map_once(MappedSlot& slot, void (*fill)(MapperData&)) {
    const std::lock_guard lock{configuration_mutex()};
    if (slot.begun) return; // another thread was first; or map() itself asks
    auto& data = slot.data;
    slot.begun = data.mapping = true;
    try {
        fill(data);
        finish_table(data);
        tell(data, &MappingEvents::after_mapper_constructed, std::as_const(data));
    } catch (const MappingDeferredError&) {
        slot.begun = data.mapping = false;
        throw;
    } catch (...) {
        data.fail(std::current_exception());
    }
    data.mapping = false;
    slot.ready.store(true, std::memory_order_release);
}

/// All that one use of a class completes. Under the lock.
class ConfigurePass {
public:
    ConfigurePass() {
        if (depth_++ == 0) mapping_events_of_all_classes().before_configured();
    }
    ConfigurePass(const ConfigurePass&) = delete;
    ConfigurePass& operator=(const ConfigurePass&) = delete;
    ~ConfigurePass() {
        if (--depth_ > 0) return;
        asked_.clear();
        registries_.clear();
    }

    /// Asks whether the class, and those that it is linked with, may be completed, before anything is.
    /// @throws MappingDeferredError when one may not.
    void ask(MapperData& first) {
        std::vector<MapperData*> open{&first};
        while (!open.empty()) {
            auto& mapper = *open.back();
            open.pop_back();
            if (mapper.mapping) refuse_unfinished(mapper);
            if (mapper.configured_ || mapper.configuring_ || mapper.failure_ || !asked_.insert(&mapper).second) continue;
            begin(mapper);
            for (const auto& key : mapper.pending_keys) open.push_back(&key.target());
            for (const auto& info : mapper.relationships) open.push_back(&info.target_reference());
        }
    }
    /// The pass went well.
    void done() const {
        if (depth_ > 1) return;
        const auto registries = registries_;
        mapping_events_of_all_classes().after_configured();
        for (auto* registry : registries) registry->events().after_configured();
    }

private:
    static void begin(const MapperData& mapper) {
        if (mapper.registry != nullptr && std::ranges::find(registries_, mapper.registry) == registries_.end()) {
            registries_.push_back(mapper.registry);
            mapper.registry->events().before_configured();
        }
        bool skip = false;
        tell(mapper, &MappingEvents::before_mapper_configured, mapper, skip);
        if (skip) throw MappingDeferredError("class " + mapper.class_name + " cannot be used yet: a listener holds its mapping back");
    }

    static inline int depth_ = 0;
    static inline std::unordered_set<const MapperData*> asked_;
    static inline std::vector<Registry*> registries_;
};

void MapperData::configure() {
    if (configured_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock{configuration_mutex()};
    if (mapping) refuse_unfinished(*this);
    require_mapped();
    if (configured_.load(std::memory_order_relaxed) || configuring_) return;
    ConfigurePass pass;
    pass.ask(*this);
    configuring_ = true;
    try {
        resolve_relationships();
        tell(*this, &MappingEvents::mapper_configured, std::as_const(*this));
    } catch (...) {
        configuring_ = false;
        fail(std::current_exception());
        throw;
    }
    configuring_ = false;
    configured_.store(true, std::memory_order_release);
    pass.done();
}

void take_reflected(MapperData& data, const MetaData& metadata, std::string name, std::string schema) {
    if (data.table || !data.attributes.empty())
        throw ArgumentError(data.class_name + "::map(): m.reflected_table() comes first, and there is no other table");
    data.reflected_in = &metadata;
    data.reflected_name = std::move(name);
    data.reflected_schema = std::move(schema);
    const auto* table = data.only_names_table ? nullptr : metadata.find(data.reflected_name, data.reflected_schema);
    if (table == nullptr)
        throw MappingDeferredError(
            "class " + data.class_name + " cannot be used yet: its table '" + data.reflected_name
            + "' has not been reflected; co_await az::prepare<" + data.class_name + ">(models, engine) first");
    data.table = std::make_unique<Table>(*table);
    data.given_table = true;
}

void ReflectedNames::add(const std::string& schema, const std::string& name) {
    auto& names = tables[schema];
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

void ReflectedNames::add_table(const MapperData& asked, const std::function<void()>& map) {
    try {
        map();
    } catch (const MappingDeferredError&) {
        add(asked.reflected_schema, asked.reflected_name);
    }
}

void ReflectedNames::add_association_tables(const MapperData& mapper, const MetaData& metadata) {
    if (mapper.reflected_in == nullptr) return; // it makes its own
    for (const auto& info : mapper.relationships)
        if (!info.secondary_name.empty() && !info.secondary && !metadata.contains(info.secondary_name, mapper.reflected_schema))
            add(mapper.reflected_schema, info.secondary_name);
}

} // namespace azoth::orm
