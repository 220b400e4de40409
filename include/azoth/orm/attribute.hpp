// SPDX-License-Identifier: MIT
// Mapped<T>: a member that is a column. A value and a few state bits; changing it tells the object's session once.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include <azoth/orm/state.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace orm {

/// What every wrapper starts with: where its object is, which attribute it is, and in what state.
class AttributeBase {
public:
    AttributeBase() = default;
    AttributeBase(const AttributeBase&) = delete;
    AttributeBase& operator=(const AttributeBase&) = delete;

    static constexpr std::uint8_t present = 1; ///< has a value: loaded, or set by the program
    static constexpr std::uint8_t changed = 2; ///< set since the last load or flush
    static constexpr std::uint8_t expired = 4; ///< the row may have another value: load() and a flush load it again
    static constexpr std::uint8_t implied = 8; ///< a link that is known from the other side only

    /// The object this is a member of; null when it was not made by make<T>() or a load.
    [[nodiscard]] ModelBase* owner() const noexcept {
        if (offset_ == 0) return nullptr;
        return reinterpret_cast<ModelBase*>(reinterpret_cast<std::uintptr_t>(this) - offset_);
    }
    [[nodiscard]] std::uint16_t index() const noexcept { return index_; }
    [[nodiscard]] bool is_present() const noexcept { return (flags_ & present) != 0; }
    [[nodiscard]] bool is_changed() const noexcept { return (flags_ & changed) != 0; }
    [[nodiscard]] bool is_expired() const noexcept { return (flags_ & expired) != 0; }
    [[nodiscard]] std::uint8_t flags() const noexcept { return flags_; }

    void set_flags(std::uint8_t flags) noexcept { flags_ = flags; }
    void place(std::uint32_t offset, std::uint16_t index, bool watched) noexcept {
        offset_ = offset;
        index_ = index;
        watched_ = watched;
    }
    /// Marks the attribute as changed although its value may be the same: the next flush writes it.
    void flag_modified();
    /// A program's change with a value of the attribute's type or NULL: remembered as every other.
    void assign_value(const Value& value);
    /// For a flush: the value that a parent's key, a counter or a default gives. NULL leaves a member that cannot hold it
    /// without a value.
    void set_from_flush(const Value& value);

protected:
    ~AttributeBase() = default;

    /// Without a value a nullable attribute of a new object is NULL, and so is a query_expression<>() that no statement filled.
    [[nodiscard]] bool reads_as_null() const noexcept;

    /// Throws NotLoadedError naming class, attribute, why, and what to call.
    [[noreturn]] void throw_not_loaded() const;
    /// Before the first change: keeps the old value aside and registers the object with its session. Takes an expression that
    /// was to be written back.
    void before_change();
    /// Calls validators, which may change `*value` or throw, and listeners. @param old  null when it is not known
    void before_set(void* value, const void* old) const;
    /// Asks listeners of `init_scalar` for the value of a new object's attribute. @return whether there is one now
    [[nodiscard]] bool initialise(void* value);
    void tell_modified(ModelBase& object) const;
    /// What was remembered of a change of it.
    void forget_change();
    /// The next flush writes `expression`; until then, and until it is loaded, there is no value.
    void set_expression(sql::NodePtr expression);

    std::uint32_t offset_ = 0; ///< bytes from the object's ModelBase to this
    std::uint16_t index_ = 0;
    std::uint8_t flags_ = 0;
    bool watched_ = false; ///< somebody validates or listens
};

/// The operations on an attribute whose type is not known, one table per C++ type.
struct AttributeOperations {
    Type type;
    bool nullable;
    void (*load)(AttributeBase&, const Field&, const Type&);
    Value (*value)(const AttributeBase&);
    Param (*param)(const AttributeBase&, Value& scratch);
    bool (*is_null)(const AttributeBase&);
    void (*assign)(AttributeBase&, const Value&); ///< from a value of the same type or NULL; flags are the caller's
};

} // namespace orm

/// A mapped column: reads like a T (`*user->name`, `user->name->size()`), assigns like one. `std::optional<T>` is nullable.
template <class T>
class Mapped : public orm::AttributeBase {
public:
    using value_type = T;

    Mapped() = default;
    Mapped(const Mapped&) = delete;

    /// @throws NotLoadedError when it was neither loaded nor set.
    [[nodiscard]] const T& get() const {
        if (!is_present()) [[unlikely]] {
            if (watched_ && const_cast<Mapped*>(this)->initialise(&const_cast<Mapped*>(this)->value_)) return value_;
            if constexpr (detail::is_optional<T>) {
                static const T none{};
                if (reads_as_null()) return none;
            }
            throw_not_loaded();
        }
        return value_;
    }
    [[nodiscard]] const T& operator*() const { return get(); }
    [[nodiscard]] const T* operator->() const { return &get(); }

    /// @throws what a validator of the attribute throws; the value is unchanged then.
    template <class V>
        requires std::assignable_from<T&, V&&>
    Mapped& operator=(V&& value) {
        if (watched_) [[unlikely]] {
            T next{};
            next = std::forward<V>(value);
            before_set(&next, is_present() ? &value_ : nullptr);
            store(std::move(next));
        } else {
            store(std::forward<V>(value));
        }
        return *this;
    }
    /// A SQL expression: the next flush writes it, and the value is to be loaded afterwards.
    template <class E>
        requires(!std::assignable_from<T&, E &&>) && requires(const E& e) { { e.node() } -> std::convertible_to<sql::NodePtr>; }
    Mapped& operator=(E&& expression) {
        set_expression(expression.node());
        return *this;
    }
    /// Whether it has a value that is not expired: reading it does not throw, and `load()` does nothing.
    [[nodiscard]] bool is_loaded() const noexcept { return is_present() && !is_expired(); }
    /// The value to be changed in place: counts as a change, as `flag_modified()`. @throws NotLoadedError.
    [[nodiscard]] T& mutate() {
        flag_modified();
        return value_;
    }
    /// The value, loaded again when it is expired, deferred, or was made by the database.
    /// @return an awaitable of T
    /// @throws InvalidRequestError when the object has no session; ObjectDeletedError when its row is gone
    template <class M = Mapped>
    [[nodiscard]] auto load() {
        return load_attribute(static_cast<M&>(*this));
    }
    /// Copies the value, not the identity.
    Mapped& operator=(const Mapped& other) { return *this = other.get(); }
    Mapped& operator=(Null)
        requires detail::is_optional<T>
    {
        return *this = T{};
    }

    /// Not a template, so that it is preferred to the comparisons of std::optional.
    [[nodiscard]] bool operator==(const T& other) const { return get() == other; }
    template <class V>
        requires requires(const T& t, const V& v) { t == v; }
    [[nodiscard]] bool operator==(const V& other) const {
        return get() == other;
    }
    [[nodiscard]] bool operator==(const Mapped& other) const { return get() == other.get(); }

    /// For loaders: sets the value as it came from the database.
    void load(const Field& field, const Type& type) {
        value_ = azoth::detail::decode<T>(field, type);
        flags_ = present;
    }
    /// Sets the value as if it had been loaded: no change, no history. @see set_committed_value()
    void commit(T value) {
        forget_change();
        value_ = std::move(value);
        flags_ = present;
    }
    /// For loaders of text columns: reuses the string's memory.
    [[nodiscard]] T& raw() noexcept { return value_; }
    [[nodiscard]] const T& raw() const noexcept { return value_; }

private:
    template <class V>
    void store(V&& value) {
        if (flags_ != (present | changed)) before_change();
        value_ = std::forward<V>(value);
        flags_ = present | changed;
    }
    T value_{};
};

namespace orm {

template <class T, class... A>
[[nodiscard]] consteval bool is_alternative(const std::variant<A...>*) {
    return (std::same_as<T, A> || ...);
}

template <class T>
const AttributeOperations& operations_of() {
    static const AttributeOperations operations{
        TypeTraits<T>::type(),
        azoth::detail::is_optional<T>,
        [](AttributeBase& attribute, const Field& field, const Type& type) {
            static_cast<Mapped<T>&>(attribute).load(field, type);
        },
        [](const AttributeBase& attribute) { return TypeTraits<T>::value(static_cast<const Mapped<T>&>(attribute).raw()); },
        [](const AttributeBase& attribute, Value& scratch) -> Param {
            const auto& value = static_cast<const Mapped<T>&>(attribute).raw();
            if constexpr (requires { TypeTraits<T>::param(value); }) {
                return TypeTraits<T>::param(value);
            } else {
                scratch = TypeTraits<T>::value(value);
                return scratch.param();
            }
        },
        [](const AttributeBase& attribute) {
            if constexpr (azoth::detail::is_optional<T>) return !static_cast<const Mapped<T>&>(attribute).raw().has_value();
            else return false;
        },
        [](AttributeBase& attribute, const Value& value) {
            auto& mapped = static_cast<Mapped<T>&>(attribute);
            if (value.is_null()) {
                mapped.raw() = T{};
                return;
            }
            const auto& variant = value.variant();
            using B = azoth::detail::remove_optional_t<T>;
            if constexpr (std::is_integral_v<B> && !std::same_as<B, bool>) {
                if (const auto* integer = std::get_if<std::int64_t>(&variant)) mapped.raw() = static_cast<B>(*integer);
                else if (const auto* large = std::get_if<std::uint64_t>(&variant)) mapped.raw() = static_cast<B>(*large);
            } else if constexpr (std::is_floating_point_v<B>) {
                mapped.raw() = static_cast<B>(std::get<double>(variant));
            } else if constexpr (std::same_as<B, Json>) {
                mapped.raw() = wire::parse_json(std::get<JsonText>(variant).text);
            } else if constexpr (is_alternative<B>(static_cast<const Value::Variant*>(nullptr))) {
                mapped.raw() = std::get<B>(variant);
            } else { // an enumeration, an array, a type of the program's own
                std::string text;
                mapped.raw() = TypeTraits<B>::decode(wire::field_of(value, text), TypeTraits<B>::type());
            }
        },
    };
    return operations;
}

} // namespace orm
} // namespace azoth
