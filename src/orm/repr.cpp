// SPDX-License-Identifier: MIT
#include <azoth/orm/repr.hpp>

#include <concepts>
#include <functional>
#include <variant>
#include <utility>
#include <vector>

#include <azoth/orm/errors.hpp>
#include <azoth/orm/load_plan.hpp>
#include <azoth/orm/mapper_data.hpp>

namespace azoth {

namespace orm {

namespace {

constexpr std::size_t shown_members = 20;
constexpr std::size_t shown_characters = 200; ///< of one value

std::string short_text(ModelBase& object) {
    std::string text = object.orm_state().mapper->class_name + "(";
    if (object.orm_state().lifecycle < Lifecycle::persistent) return text + "new)";
    const char* comma = "";
    for (const auto& value : stored_key(object)) text += comma + to_string(value.param(), shown_characters), comma = ", ";
    return text + ")";
}

std::string text_of(ModelBase& object, const AttributeInfo& info) {
    const auto& attribute = MapperData::attribute(object, info);
    if (attribute.is_changed() && !attribute.is_present()) return "<an expression>";
    if (attribute.is_expired()) return "<not loaded>";
    if (!attribute.is_present()) return object.orm_state().lifecycle < Lifecycle::persistent ? "<not set>" : "<not loaded>";
    Value scratch;
    return to_string(info.operations->param(attribute, scratch), shown_characters);
}

std::string text_of(ModelBase& object, const RelationshipInfo& info) {
    if (info.write_only) return "<write-only>";
    if (!MapperData::link(object, info).is_present()) return "<not loaded>";
    if (!info.collection) {
        auto* target = MapperData::related(object, info).target();
        return target == nullptr ? "NULL" : short_text(*target);
    }
    const auto& members = MapperData::collection(object, info).items();
    std::string text = "[";
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i == shown_members) return text + ", and " + std::to_string(members.size() - i) + " more]";
        text += (i == 0 ? "" : ", ") + short_text(*members[i]);
    }
    return text + "]";
}

const MapperData& mapper_of_value(const ModelBase& object) {
    if (object.orm_state().mapper == nullptr)
        throw UnmappedInstanceError("an object that was not made by make<T>() or loaded by a session has no values to compare");
    return *object.orm_state().mapper;
}

/// What counts of an object. @throws NotLoadedError.
std::vector<Value> values_of(const ModelBase& constant) {
    auto& object = const_cast<ModelBase&>(constant);
    std::vector<Value> values;
    for (const auto& info : mapper_of_value(object).attributes) {
        if (!info.use.compare) continue;
        const auto& attribute = MapperData::attribute(object, info);
        if (attribute.is_present() && !attribute.is_expired()) {
            values.push_back(info.operations->value(attribute));
            continue;
        }
        const bool is_new = object.orm_state().lifecycle < Lifecycle::persistent;
        if (!attribute.is_changed() && (is_new || info.query_expression)) values.emplace_back(); // not set: as NULL
        else
            throw NotLoadedError(
                mapper_of_value(object).class_name + "::" + info.name + " is not loaded, so its object cannot be compared: co_await object->"
                + info.name + ".load() first, or map it with compare(false)");
    }
    return values;
}

/// Whether a value comes before another of the same attribute.
bool comes_before(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && !b.is_null();
    return std::visit(
        [&]<class T>(const T& x) {
            if (const auto* y = std::get_if<T>(&b.variant())) {
                if constexpr (requires { { x < *y } -> std::convertible_to<bool>; }) return x < *y;
            }
            return to_string(a.param(), std::string::npos) < to_string(b.param(), std::string::npos);
        },
        a.variant());
}

std::size_t hash_of(const Value& value) {
    const auto param = value.param();
    switch (param.kind) {
    case ParamKind::null:
    // Equal ones may be written in several ways.
    case ParamKind::decimal:
    case ParamKind::interval:
    case ParamKind::array:
    case ParamKind::range:
    case ParamKind::multirange: return 0;
    case ParamKind::real: return std::hash<double>{}(param.real == 0 ? 0.0 : param.real);
    default: return std::hash<std::string>{}(to_string(param, std::string::npos));
    }
}

} // namespace

} // namespace orm

std::string to_string(const ModelBase& constant) {
    auto& object = const_cast<ModelBase&>(constant);
    const auto* mapper = object.orm_state().mapper;
    if (mapper == nullptr) return "<an object that was not made by make<T>() or loaded by a session>";
    std::string text = mapper->class_name + "(";
    const char* comma = "";
    const auto add = [&](const auto& info) {
        if (!info.use.repr) return;
        text += comma + info.name + "=" + orm::text_of(object, info);
        comma = ", ";
    };
    for (const auto& info : mapper->attributes) add(info);
    for (const auto& info : mapper->relationships) add(info);
    return text + ")";
}

bool value_equal(const ModelBase& a, const ModelBase& b) {
    if (&a == &b) return true;
    return &orm::mapper_of_value(a) == &orm::mapper_of_value(b) && orm::values_of(a) == orm::values_of(b);
}

bool value_less(const ModelBase& a, const ModelBase& b) {
    const auto& mapper = orm::mapper_of_value(a);
    if (&mapper != &orm::mapper_of_value(b))
        throw ArgumentError("value_less(): objects of classes " + mapper.class_name + " and " + orm::mapper_of_value(b).class_name + " have no order");
    const auto left = orm::values_of(a), right = orm::values_of(b);
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (orm::comes_before(left[i], right[i])) return true;
        if (orm::comes_before(right[i], left[i])) return false;
    }
    return false;
}

std::size_t value_hash(const ModelBase& object) {
    std::size_t hash = 0;
    for (const auto& value : orm::values_of(object)) hash = hash * 31 + orm::hash_of(value);
    return hash;
}

} // namespace azoth
