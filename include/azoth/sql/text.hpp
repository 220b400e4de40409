// SPDX-License-Identifier: MIT
// text(): a statement in the user's own SQL, with named parameters.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <azoth/sql/expression.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

/// SQL text with `:name` parameters. `\:` is a colon; `::`, a colon behind a word (`a[1:n]`) and what stands in quotes or
/// comments is left alone.
class TextClause {
public:
    static constexpr bool typed = false;

    explicit TextClause(std::string_view sql_text);

    /// Gives a parameter its value. @throws ArgumentError when the text has no parameter of that name.
    template <class V>
    [[nodiscard]] TextClause bind(std::string_view name, const V& value) const {
        if constexpr (std::same_as<V, Null>) {
            return with_bind(name, sql::make_bind(Value{}, Type{}));
        } else {
            Type type = detail::own_type<V>();
            if (type.is_text()) type = Type{}; // the database infers what the text stands for
            return with_bind(name, sql::make_bind(detail::value_for<Value>(value), type));
        }
    }

    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }

private:
    [[nodiscard]] TextClause with_bind(std::string_view name, sql::NodePtr value) const;

    std::shared_ptr<sql::TextNode> node_;
};

/// Never build `sql_text` from input: pass values with `bind()`.
[[nodiscard]] inline TextClause text(std::string_view sql_text) { return TextClause{sql_text}; }

} // namespace azoth
