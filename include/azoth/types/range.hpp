// SPDX-License-Identifier: MIT
// Range<T>: the values between two ends, as PostgreSQL's range types hold them. `std::vector<Range<T>>` is a multirange.
#pragma once

#include <chrono>
#include <compare>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/types/postgresql.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace detail {

/// The least value above `value`, of the types between whose values nothing lies.
template <class T>
bool is_next(const T& value, const T& next) noexcept {
    if constexpr (std::integral<T>) return value < next && static_cast<T>(value + 1) == next;
    else if constexpr (std::same_as<T, Date>) return std::chrono::sys_days{value} + std::chrono::days{1} == std::chrono::sys_days{next};
    else return false;
}

/// Checks the two characters. @throws ArgumentError when they are none of "[)", "(]", "[]", "()".
void check_bounds(std::string_view bounds);
[[noreturn]] void throw_not_one_range(const char* what);

/// A place between values: before the value, or behind it; without a value the end of everything.
template <class T>
struct Cut {
    const T* value;
    bool behind; ///< without a value: above everything

    friend std::weak_ordering operator<=>(const Cut& a, const Cut& b) {
        if (a.value == nullptr || b.value == nullptr) {
            const auto rank = [](const Cut& cut) { return cut.value != nullptr ? 0 : (cut.behind ? 1 : -1); };
            return rank(a) <=> rank(b);
        }
        if (*a.value == *b.value) return a.behind <=> b.behind;
        if (*a.value < *b.value) {
            const bool same = a.behind && !b.behind && is_next(*a.value, *b.value);
            return same ? std::weak_ordering::equivalent : std::weak_ordering::less;
        }
        const bool same = b.behind && !a.behind && is_next(*b.value, *a.value);
        return same ? std::weak_ordering::equivalent : std::weak_ordering::greater;
    }
    friend bool operator==(const Cut& a, const Cut& b) { return (a <=> b) == 0; }
};

[[nodiscard]] Type range_type(const Type& item_type);
[[nodiscard]] Type multirange_type(const Type& item_type);
/// The type of the ends of a range or multirange type; null_type of another.
[[nodiscard]] Type range_end_type(const Type& range_type);

} // namespace detail

/// The values from one to another. An end that is missing is unbounded. Comparisons are by what lies in the ranges: of integers
/// and dates `[1,3]` is `[1,4)`. SQLAlchemy's Range.
template <class T>
class Range {
public:
    using value_type = T;

    /// Everything.
    Range() = default;
    /// @param bounds  "[)", "(]", "[]" or "()": whether the ends belong to the range
    /// @throws ArgumentError for other bounds.
    Range(std::optional<T> lower, std::optional<T> upper, std::string_view bounds = "[)")
        : lower_(std::move(lower)), upper_(std::move(upper)) {
        detail::check_bounds(bounds);
        lower_inclusive_ = bounds[0] == '[';
        upper_inclusive_ = bounds[1] == ']';
    }
    /// The range that has nothing in it.
    [[nodiscard]] static Range empty() {
        Range range;
        range.empty_ = true;
        return range;
    }

    [[nodiscard]] const std::optional<T>& lower() const noexcept { return lower_; }
    [[nodiscard]] const std::optional<T>& upper() const noexcept { return upper_; }
    [[nodiscard]] bool lower_inc() const noexcept { return lower_inclusive_; }
    [[nodiscard]] bool upper_inc() const noexcept { return upper_inclusive_; }
    /// No end below, none above.
    [[nodiscard]] bool lower_inf() const noexcept { return !empty_ && !lower_; }
    [[nodiscard]] bool upper_inf() const noexcept { return !empty_ && !upper_; }
    [[nodiscard]] std::string bounds() const {
        return {lower_inclusive_ ? '[' : '(', upper_inclusive_ ? ']' : ')'};
    }
    /// Nothing lies in it: said to be empty, or between ends that leave nothing.
    [[nodiscard]] bool is_empty() const { return empty_ || below() >= above(); }

    [[nodiscard]] bool contains(const T& value) const {
        return !is_empty() && below() <= Cut{&value, false} && Cut{&value, true} <= above();
    }
    [[nodiscard]] bool contains(const Range& other) const {
        if (other.is_empty()) return true;
        return !is_empty() && below() <= other.below() && other.above() <= above();
    }
    [[nodiscard]] bool contained_by(const Range& other) const { return other.contains(*this); }
    [[nodiscard]] bool overlaps(const Range& other) const {
        return !is_empty() && !other.is_empty() && below() < other.above() && other.below() < above();
    }
    /// All of it lies below the other.
    [[nodiscard]] bool strictly_left_of(const Range& other) const {
        return !is_empty() && !other.is_empty() && above() <= other.below();
    }
    [[nodiscard]] bool strictly_right_of(const Range& other) const { return other.strictly_left_of(*this); }
    /// Nothing of it lies above the other.
    [[nodiscard]] bool not_extend_right_of(const Range& other) const {
        return !is_empty() && !other.is_empty() && above() <= other.above();
    }
    [[nodiscard]] bool not_extend_left_of(const Range& other) const {
        return !is_empty() && !other.is_empty() && below() >= other.below();
    }
    /// They touch and share nothing.
    [[nodiscard]] bool adjacent_to(const Range& other) const {
        return !is_empty() && !other.is_empty() && (above() == other.below() || other.above() == below());
    }

    /// @throws ArgumentError when something lies between them: two ranges are not one.
    [[nodiscard]] Range union_(const Range& other) const {
        if (is_empty()) return other;
        if (other.is_empty()) return *this;
        if (!overlaps(other) && !adjacent_to(other)) detail::throw_not_one_range("the union");
        return between(below() <= other.below() ? *this : other, above() >= other.above() ? *this : other);
    }
    [[nodiscard]] Range intersection(const Range& other) const {
        if (!overlaps(other)) return empty();
        return between(below() >= other.below() ? *this : other, above() <= other.above() ? *this : other);
    }
    /// @throws ArgumentError when the other lies inside, so that two ranges would be left.
    [[nodiscard]] Range difference(const Range& other) const {
        if (!overlaps(other)) return *this;
        const bool below_is_left = below() < other.below();
        const bool above_is_left = above() > other.above();
        if (below_is_left && above_is_left) detail::throw_not_one_range("the difference");
        if (!below_is_left && !above_is_left) return empty();
        Range left = *this;
        if (below_is_left) {
            left.upper_ = other.lower_;
            left.upper_inclusive_ = !other.lower_inclusive_;
        } else {
            left.lower_ = other.upper_;
            left.lower_inclusive_ = !other.upper_inclusive_;
        }
        return left;
    }
    friend Range operator+(const Range& a, const Range& b) { return a.union_(b); }
    friend Range operator*(const Range& a, const Range& b) { return a.intersection(b); }
    friend Range operator-(const Range& a, const Range& b) { return a.difference(b); }

    /// The same values lie in both.
    friend bool operator==(const Range& a, const Range& b) {
        if (a.is_empty() || b.is_empty()) return a.is_empty() == b.is_empty();
        return a.below() == b.below() && a.above() == b.above();
    }

private:
    using Cut = detail::Cut<T>;
    [[nodiscard]] Cut below() const noexcept { return {lower_ ? &*lower_ : nullptr, lower_ && !lower_inclusive_}; }
    [[nodiscard]] Cut above() const noexcept { return {upper_ ? &*upper_ : nullptr, !upper_ || upper_inclusive_}; }
    static Range between(const Range& from, const Range& to) {
        Range range = from;
        range.upper_ = to.upper_;
        range.upper_inclusive_ = to.upper_inclusive_;
        return range;
    }

    std::optional<T> lower_;
    std::optional<T> upper_;
    bool lower_inclusive_ = true;
    bool upper_inclusive_ = false;
    bool empty_ = false;
};

namespace wire {

/// The parts of a range; ends that are NULL are missing. They view the field, or `text`.
struct RangeParts {
    bool empty = false;
    bool lower_inclusive = false;
    bool upper_inclusive = false;
    Field lower;
    Field upper;
    std::string text; ///< of the ends of a range in text form

    RangeParts() = default;
    RangeParts(const RangeParts&) = delete;
    RangeParts& operator=(const RangeParts&) = delete;
};
/// @throws TypeMismatchError when the field is no range.
void read_range(const Field& field, RangeParts& parts);
/// The ranges of a multirange. @throws TypeMismatchError when the field is none.
[[nodiscard]] std::vector<Field> read_multirange(const Field& field);

} // namespace wire

template <SqlValue T>
struct TypeTraits<Range<T>> {
    static constexpr bool nullable = false;
    static Type type() { return detail::range_type(TypeTraits<T>::type()); }
    static RangeValue range(const Range<T>& v) {
        if (v.is_empty()) return {};
        const auto end = [](const std::optional<T>& value) { return value ? TypeTraits<T>::value(*value) : Value{}; };
        return {end(v.lower()), end(v.upper()), v.bounds()};
    }
    static Value value(const Range<T>& v) { return Value{range(v)}; }
    static Range<T> decode(const Field& field, const Type&) {
        wire::RangeParts parts;
        wire::read_range(field, parts);
        if (parts.empty) return Range<T>::empty();
        const auto end = [item = TypeTraits<T>::type()](const Field& cell) -> std::optional<T> {
            if (cell.is_null()) return std::nullopt;
            return TypeTraits<T>::decode(cell, item);
        };
        const char bounds[] = {parts.lower_inclusive ? '[' : '(', parts.upper_inclusive ? ']' : ')'};
        return Range<T>{end(parts.lower), end(parts.upper), std::string_view{bounds, 2}};
    }
};

/// A multirange.
template <SqlValue T>
struct TypeTraits<std::vector<Range<T>>> {
    static constexpr bool nullable = false;
    static Type type() { return detail::multirange_type(TypeTraits<T>::type()); }
    static Value value(const std::vector<Range<T>>& v) {
        std::vector<RangeValue> ranges;
        for (const auto& range : v) ranges.push_back(TypeTraits<Range<T>>::range(range));
        return Value{MultirangeValue{std::move(ranges)}};
    }
    static std::vector<Range<T>> decode(const Field& field, const Type& type) {
        std::vector<Range<T>> ranges;
        for (const auto& range : wire::read_multirange(field)) ranges.push_back(TypeTraits<Range<T>>::decode(range, type));
        return ranges;
    }
};

} // namespace azoth
