// SPDX-License-Identifier: MIT
// Constructs of the areas op.arith, op.bool, op.compare, op.in, op.like and op.misc.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;
using namespace std::chrono_literals;

namespace {

void add_arithmetic(Registry& registry) {
    registry.add("op.arith.bit_and", [] { return select(sample.bits.bitwise_and(5)); });
    registry.add("op.arith.bit_nested", [] { return select(sample.bits.bitwise_and(4).bitwise_or(1)); });
    registry.add("op.arith.bit_not", [] { return select(sample.bits.bitwise_not()); });
    registry.add("op.arith.bit_not_nested", [] { return select(sample.bits.bitwise_or(1).bitwise_not()); });
    registry.add("op.arith.bit_or", [] { return select(sample.bits.bitwise_or(5)); });
    registry.add("op.arith.bit_plus", [] { return select(sample.bits.bitwise_and(4) + 1); });
    registry.add("op.arith.bit_shift_right", [] { return select(sample.bits.bitwise_rshift(2)); });
    registry.add("op.arith.bit_xor", [] { return select(sample.bits.bitwise_xor(5)); });
    registry.add("op.arith.chain_left", [] { return select(users.id - 1 - 2 - 3); });
    registry.add("op.arith.date_sub", [] { return select(orders.placed_at - orders.placed_at); });
    registry.add("op.arith.div_float", [] { return select(sample.ratio / 3); });
    registry.add("op.arith.div_int_int", [] { return select(users.id / 2); });
    registry.add("op.arith.div_numeric", [] { return select(items.price / 2); });
    registry.add("op.arith.floordiv_numeric", [] { return select(floordiv(items.price, 2)); });
    registry.add("op.arith.mixed_compare", [] { return select((users.id + 1) > (users.id * 2)); });
    registry.add("op.arith.mod", [] { return select(users.id % 3); });
    registry.add("op.arith.mul", [] { return select(users.id * 2); });
    registry.add("op.arith.neg", [] { return select(-users.id); });
    registry.add("op.arith.neg_expression", [] { return select(-(users.id + 1)); });
    registry.add("op.arith.neg_neg", [] { return select(-(-users.id)); });
    registry.add("op.arith.prec_add_right", [] { return select(users.id + (users.id + 1)); });
    registry.add("op.arith.prec_div_right", [] { return select(items.price / (items.price / 2)); });
    registry.add("op.arith.prec_mod_add", [] { return select((users.id + 1) % 3); });
    registry.add("op.arith.prec_mul_right", [] { return select(users.id * (users.id * 2)); });
    registry.add("op.arith.reverse_floordiv", [] { return select(floordiv(100, users.id)); });
    registry.add("op.arith.reverse_mod", [] { return select(100 % users.id); });
}

void add_booleans(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(users.id).where(make()); });
    };
    const auto where_sample = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(sample.id).where(make()); });
    };
    where("op.bool.and_false", [] { return and_(false_(), users.id == 1); });
    where("op.bool.and_in_and", [] {
        return and_(users.id == 1, and_(users.name == "a", users.fullname == "b"));
    });
    where("op.bool.and_in_or", [] {
        return or_(users.id == 1, and_(users.name == "a", users.fullname == "b"));
    });
    where("op.bool.and_operator", [] { return users.id == 1 && users.name == "a"; });
    where("op.bool.and_single", [] { return and_(users.id == 1); });
    where("op.bool.and_three", [] { return and_(users.id == 1, users.name == "a", users.fullname == "b"); });
    where_sample("op.bool.column", [] { return sample.flag; });
    where_sample("op.bool.column_and", [] { return and_(sample.flag, sample.bits > 3); });
    where_sample("op.bool.column_eq_true_construct", [] { return sample.flag == true_(); });
    where_sample("op.bool.column_is_false", [] { return sample.flag.is(false); });
    where_sample("op.bool.column_is_not_true", [] { return sample.flag.is_not(true); });
    where_sample("op.bool.column_is_true", [] { return sample.flag.is(true); });
    where_sample("op.bool.column_ne_true", [] { return sample.flag != true; });
    where_sample("op.bool.column_or_not", [] { return or_(sample.flag, !sample.flag); });
    where_sample("op.bool.not_column", [] { return !sample.flag; });
    where("op.bool.not_or", [] { return !or_(users.id == 1, users.name == "a"); });
    where("op.bool.not_true", [] { return not_(true_()); });
    where("op.bool.or", [] { return or_(users.id == 1, users.name == "a"); });
    where("op.bool.or_false_seed", [] { return or_(false_(), users.id == 1); });
    where("op.bool.or_in_and", [] { return and_(users.id == 1, or_(users.name == "a", users.name == "b")); });
    where("op.bool.or_true", [] { return or_(true_(), users.id == 1); });
    registry.add("op.bool.select_comparison", [] { return select(users.id == 5); });
    registry.add("op.bool.select_not_column", [] { return select(!sample.flag); });
    where("op.bool.true_alone", [] { return true_(); });
}

void add_comparisons(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(users.id).where(make()); });
    };
    where("op.compare.between_and", [] { return and_(users.id.between(3, 9), users.name == "ed"); });
    where("op.compare.between_columns", [] { return literal(5).between(users.id, users.id + 10); });
    where("op.compare.between_function", [] { return users.name.between("a", "m"); });
    registry.add("op.compare.bytes_value", [] {
        return select(sample.id).where(sample.raw == Bytes{std::byte{0x00}, std::byte{0xff}});
    });
    registry.add("op.compare.datetime_value", [] {
        return select(orders.id).where(orders.placed_at < *parse_timestamp("2024-01-02 03:04:05"));
    });
    where("op.compare.distinct_from", [] { return users.fullname.is_distinct_from("x"); });
    where("op.compare.distinct_from_column", [] { return users.fullname.is_distinct_from(users.name); });
    where("op.compare.distinct_from_none", [] { return users.fullname.is_distinct_from(null); });
    where("op.compare.eq", [] { return users.id == 5; });
    where("op.compare.gt", [] { return users.id > 5; });
    where("op.compare.is_none", [] { return users.fullname.is(null); });
    where("op.compare.is_null_construct", [] { return users.fullname.is(null_()); });
    where("op.compare.le", [] { return users.id <= 5; });
    where("op.compare.ne", [] { return users.id != 5; });
    where("op.compare.ne_none", [] { return users.fullname != null; });
    where("op.compare.not_between", [] { return !users.id.between(3, 9); });
    where("op.compare.not_eq", [] { return !(users.id == 5); });
    where("op.compare.not_ge", [] { return not_(users.id >= 5); });
    where("op.compare.not_is_null", [] { return !users.fullname.is(null); });
    registry.add("op.compare.numeric_value", [] {
        return select(orders.id).where(orders.total >= Decimal{"19.90"});
    });
    where("op.compare.reversed", [] { return 5 < users.id; });
    registry.add("op.compare.time_value", [] {
        return select(sample.id).where(sample.at == Time{13h + 30min});
    });
    where("op.compare.tuple_eq", [] { return tuple_(users.id, users.name) == tuple_(5, "ed"); });
    registry.add("op.compare.uuid_value", [] {
        return select(sample.id).where(sample.uid == Uuid{"12345678-1234-5678-1234-567812345678"});
    });
}

void add_lists(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(users.id).where(make()); });
    };
    registry.add("op.in.as_column", [] { return select(users.id.in(1, 2)); });
    where("op.in.columns", [] { return literal(5).in(users.id, users.id + 1); });
    registry.add("op.in.dates", [] {
        using namespace std::chrono;
        return select(sample.id).where(sample.day.in(Date{2024y / 1 / 1}, Date{2024y / 1 / 2}));
    });
    where("op.in.empty", [] { return users.id.in(std::vector<int>{}); });
    where("op.in.empty_string_column", [] { return users.name.in(std::vector<std::string>{}); });
    where("op.in.list", [] { return users.id.in({1, 2, 3}); });
    where("op.in.mixed_expressions", [] { return users.name.in("a", func::lower(literal("B"))); });
    where("op.in.not_empty", [] { return users.id.not_in(std::vector<int>{}); });
    where("op.in.not_list", [] { return users.id.not_in(1, 2); });
    where("op.in.not_operator", [] { return !users.id.in(1, 2); });
    where("op.in.single", [] { return users.id.in({1}); });
    where("op.in.two_lists", [] { return or_(users.id.in({1, 2}), users.name.in("a", "b", "c")); });
    where("op.in.with_null", [] {
        return users.fullname.in(std::vector<std::optional<std::string>>{"a", std::nullopt});
    });
}

void add_patterns(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(users.id).where(make()); });
    };
    where("op.like.contains_autoescape", [] { return users.name.contains("100%", autoescape); });
    where("op.like.contains_escape_only", [] { return users.name.contains("a#%b", '#'); });
    where("op.like.contains_function", [] { return users.fullname.contains(func::lower(users.name)); });
    where("op.like.endswith", [] { return users.name.endswith("yz"); });
    where("op.like.endswith_autoescape_slash", [] { return users.name.endswith("a/b%", autoescape); });
    where("op.like.icontains_autoescape", [] { return users.name.icontains("5%", autoescape); });
    where("op.like.iendswith", [] { return users.name.iendswith("Yz"); });
    where("op.like.ilike", [] { return users.name.ilike("a%"); });
    where("op.like.ilike_escape", [] { return users.name.ilike("50/%", '/'); });
    where("op.like.istartswith", [] { return users.name.istartswith("Ab"); });
    where("op.like.like", [] { return users.name.like("a%"); });
    where("op.like.like_column", [] { return users.name.like(users.fullname); });
    where("op.like.match", [] { return users.fullname.match("jones"); });
    where("op.like.not_contains", [] { return !users.name.contains("mid"); });
    where("op.like.not_ilike", [] { return users.name.not_ilike("a%"); });
    where("op.like.not_match", [] { return !users.fullname.match("jones"); });
    where("op.like.not_startswith", [] { return not_(users.name.startswith("ab")); });
    where("op.like.regexp", [] { return users.name.regexp_match("^a.*z$"); });
    where("op.like.regexp_column", [] { return users.name.regexp_match(users.fullname); });
    where("op.like.startswith_autoescape", [] { return users.name.startswith("a%b_c", autoescape); });
}

void add_others(Registry& registry) {
    registry.add("op.misc.any_subquery_eq", [] {
        return select(users.id).where(literal(5) == any_(select(orders.user_id).scalar_subquery()));
    });
    registry.add("op.misc.collate", [] { return select(users.name.collate("C")); });
    registry.add("op.misc.collate_compare", [] { return select(users.name.collate("C") == "x"); });
    registry.add("op.misc.collate_function", [] { return select(users.name.collate("de_DE")); });
    registry.add("op.misc.concat_chain", [] { return select(users.name + " <" + users.fullname + ">"); });
    registry.add("op.misc.concat_compare", [] { return select(users.id).where(users.name + "x" == "edx"); });
    registry.add("op.misc.concat_like", [] {
        return select(users.id).where((users.name + users.fullname).like("a%"));
    });
    registry.add("op.misc.concat_number_cast", [] { return select(users.name + users.id.cast(String{10})); });
    registry.add("op.misc.concat_reversed", [] { return select("x" + users.name); });
    registry.add("op.misc.custom_op_in_arith", [] {
        return select(users.id.op<std::int32_t>("&&&", 2) * 3);
    });
    registry.add("op.misc.custom_op_typed", [] {
        return select(users.name.op<std::int32_t>("<->", "x") + 1);
    });
    registry.add("op.misc.percent_in_literal_column", [] {
        return select(users.id).where(literal_column("name LIKE '%x%'"));
    });
}

} // namespace

void add_operator_cases(Registry& registry) {
    add_arithmetic(registry);
    add_booleans(registry);
    add_comparisons(registry);
    add_lists(registry);
    add_patterns(registry);
    add_others(registry);
}

} // namespace golden
