// SPDX-License-Identifier: MIT
// Telling those who listen to the objects of a class.
#include <azoth/orm/events.hpp>

#include <exception>

#include <azoth/orm/make.hpp>

namespace azoth::orm {

MapperSignals& signals_of_all_classes() {
    static MapperSignals signals;
    return signals;
}

void tell(ModelBase& object, Signal<ModelBase&> MapperSignals::* signal) {
    (object.orm_state().mapper->signals.*signal)(object);
    (signals_of_all_classes().*signal)(object);
}

bool is_told(const MapperData& mapper, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal) {
    return !(mapper.signals.*signal).empty() || !(signals_of_all_classes().*signal).empty();
}

void tell(ModelBase& object, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal, const std::vector<std::uint16_t>& attributes) {
    const auto& mapper = *object.orm_state().mapper;
    if (!is_told(mapper, signal)) return;
    AttributeNames names;
    for (const auto index : attributes) names.push_back(mapper.attributes[index].name);
    tell_names(object, signal, names);
}

void tell_names(ModelBase& object, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal, const AttributeNames& names) {
    (object.orm_state().mapper->signals.*signal)(object, names);
    (signals_of_all_classes().*signal)(object, names);
}

Initialisation::Initialisation(ModelBase& object) : object_(object), exceptions_(std::uncaught_exceptions()) {
    tell(object, &MapperSignals::init);
}

Initialisation::~Initialisation() {
    if (std::uncaught_exceptions() == exceptions_) return;
    object_.orm_state().mapper->signals.init_failure.emit_quietly(object_);
    signals_of_all_classes().init_failure.emit_quietly(object_);
}

} // namespace azoth::orm
