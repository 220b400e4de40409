// SPDX-License-Identifier: MIT
// Constructs of the user's own: identity and handlers.
#include <azoth/sql/construct.hpp>

#include <atomic>
#include <mutex>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/ddl_node.hpp>

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
    uncacheable = uncacheable || !construct->cache_ok;
    mix_children(arguments);
}

NodePtr CustomNode::with_arguments(std::vector<NodePtr> parts) const {
    return std::make_shared<CustomNode>(construct, std::move(parts), type);
}

const ConstructHandler*
handler_for(const std::map<std::string, ConstructHandler, std::less<>>& handlers, std::string_view dialect) {
    auto found = handlers.find(dialect);
    if (found == handlers.end() && dialect == "mariadb") found = handlers.find("mysql");
    if (found == handlers.end()) found = handlers.find("");
    return found == handlers.end() ? nullptr : &found->second;
}

const ConstructHandler* CompilationOverrides::find(NodeKind kind, std::string_view dialect) const {
    const auto of_kind = handlers_.find(kind);
    return of_kind == handlers_.end() ? nullptr : handler_for(of_kind->second, dialect);
}

void CompilationOverrides::set(NodeKind kind, std::string dialect, ConstructHandler handler) {
    if (handler) handlers_[kind].insert_or_assign(std::move(dialect), std::move(handler));
    else if (const auto of_kind = handlers_.find(kind); of_kind != handlers_.end()) of_kind->second.erase(dialect);
}

namespace {

struct OverridesInForce {
    std::mutex mutex;
    std::shared_ptr<const CompilationOverrides> overrides;
    std::atomic<std::uint64_t> serial{0};
};

OverridesInForce& in_force() {
    static OverridesInForce overrides;
    return overrides;
}

} // namespace

std::uint64_t compilation_overrides_serial() noexcept { return in_force().serial.load(std::memory_order_acquire); }

std::shared_ptr<const CompilationOverrides> compilation_overrides() {
    auto& current = in_force();
    if (compilation_overrides_serial() == 0) return nullptr;
    const std::lock_guard lock{current.mutex};
    return current.overrides;
}

} // namespace sql

void override_compilation(sql::NodeKind kind, std::string dialect, sql::ConstructHandler handler) {
    if (kind == sql::NodeKind::custom)
        throw ArgumentError("override_compilation(): a construct has functions of its own; see Construct::compiles()");
    auto& current = sql::in_force();
    const std::lock_guard lock{current.mutex};
    auto changed = current.overrides ? std::make_shared<sql::CompilationOverrides>(*current.overrides)
                                     : std::make_shared<sql::CompilationOverrides>();
    changed->set(kind, std::move(dialect), std::move(handler));
    current.overrides = std::move(changed);
    current.serial.fetch_add(1, std::memory_order_release);
}

namespace detail {

sql::NodePtr construct_statement(sql::NodePtr construct) {
    auto statement = std::make_shared<sql::TextNode>();
    statement->parse(":construct");
    statement->bind("construct", std::move(construct));
    return statement;
}

sql::NodePtr construct_ddl(sql::NodePtr construct) {
    auto statement = std::make_shared<sql::DdlNode>(sql::DdlAction::construct);
    statement->select = std::move(construct);
    return statement;
}

} // namespace detail

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
