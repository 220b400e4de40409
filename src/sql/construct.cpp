// SPDX-License-Identifier: MIT
// Constructs of the user's own: identity and handlers.
#include <azoth/sql/construct.hpp>

#include <atomic>

#include <azoth/error.hpp>

namespace azoth {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

} // namespace

SqlWriter::~SqlWriter() = default;

SqlWriter& SqlWriter::argument(std::size_t position) {
    if (position >= arguments().size())
        throw ArgumentError(
            "a construct was given " + std::to_string(arguments().size()) + " arguments; there is none at position "
            + std::to_string(position));
    return write(arguments()[position]);
}

SqlWriter& SqlWriter::list(std::string_view separator) {
    bool first = true;
    for (const auto& node : arguments()) {
        if (!first) raw(separator);
        first = false;
        write(node);
    }
    return *this;
}

namespace sql {

CustomNode::CustomNode(std::shared_ptr<const ConstructData> what, std::vector<NodePtr> parts, Type value_type)
    : ExpressionNode(NodeKind::custom, std::move(value_type)), construct(std::move(what)), arguments(std::move(parts)) {
    key.mix(construct->serial);
    uncacheable = !construct->cache_ok;
    mix_children(arguments);
}

NodePtr CustomNode::with_arguments(std::vector<NodePtr> parts) const {
    return std::make_shared<CustomNode>(construct, std::move(parts), type);
}

} // namespace sql

Construct::Construct(std::string name) {
    auto data = std::make_shared<sql::ConstructData>();
    if (name.empty()) throw ArgumentError("a construct needs a name");
    data->name = std::move(name);
    data->serial = next_serial();
    data_ = std::move(data);
}

Construct Construct::compiles(std::string dialect, sql::ConstructHandler handler) const {
    if (!handler) throw ArgumentError("construct '" + data_->name + "': compiles() was given no function");
    Construct copy{*this};
    auto data = std::make_shared<sql::ConstructData>(*data_);
    data->handlers.insert_or_assign(std::move(dialect), std::move(handler));
    data->serial = next_serial(); // another text: another construct
    copy.data_ = std::move(data);
    return copy;
}

Construct Construct::cache_ok(bool value) const {
    Construct copy{*this};
    auto data = std::make_shared<sql::ConstructData>(*data_);
    data->cache_ok = value;
    copy.data_ = std::move(data);
    return copy;
}

} // namespace azoth
