// SPDX-License-Identifier: MIT
// What few execution options say, and which of two wins.
#include <azoth/engine/options.hpp>

#include <algorithm>
#include <map>

#include <azoth/compiler/cache.hpp>

namespace azoth {

struct ExecutionOptions::More {
    std::optional<IsolationLevel> isolation_level;
    std::optional<bool> readonly;
    std::optional<bool> deferrable;
    std::optional<std::shared_ptr<CompiledCache>> cache;
    std::optional<std::size_t> page_size;
    std::shared_ptr<const SchemaTranslateMap> schema_map;
    std::map<std::string, std::any, std::less<>> values;

    More() = default;
};

ExecutionOptions ExecutionOptions::with(const std::function<void(More&)>& change) const {
    auto more = more_ ? std::make_shared<More>(*more_) : std::make_shared<More>();
    change(*more);
    ExecutionOptions copy{*this};
    copy.more_ = std::move(more);
    return copy;
}

ExecutionOptions ExecutionOptions::isolation_level(IsolationLevel level) const {
    return with([&](More& more) { more.isolation_level = level; });
}
ExecutionOptions ExecutionOptions::postgresql_readonly(bool on) const {
    return with([&](More& more) { more.readonly = on; });
}
ExecutionOptions ExecutionOptions::postgresql_deferrable(bool on) const {
    return with([&](More& more) { more.deferrable = on; });
}
ExecutionOptions ExecutionOptions::compiled_cache(std::shared_ptr<CompiledCache> cache) const {
    return with([&](More& more) { more.cache = std::move(cache); });
}
ExecutionOptions ExecutionOptions::insertmanyvalues_page_size(std::size_t rows) const {
    return with([&](More& more) { more.page_size = rows; });
}
ExecutionOptions ExecutionOptions::schema_translate_map(SchemaTranslateMap map) const {
    return with([&](More& more) { more.schema_map = std::make_shared<const SchemaTranslateMap>(std::move(map)); });
}
ExecutionOptions ExecutionOptions::set(std::string key, std::any value) const {
    return with([&](More& more) { more.values.insert_or_assign(std::move(key), std::move(value)); });
}

std::optional<IsolationLevel> ExecutionOptions::isolation_level() const noexcept {
    return more_ ? more_->isolation_level : std::nullopt;
}
std::optional<bool> ExecutionOptions::postgresql_readonly() const noexcept {
    return more_ ? more_->readonly : std::nullopt;
}
std::optional<bool> ExecutionOptions::postgresql_deferrable() const noexcept {
    return more_ ? more_->deferrable : std::nullopt;
}
std::optional<std::shared_ptr<CompiledCache>> ExecutionOptions::compiled_cache() const noexcept {
    return more_ ? more_->cache : std::nullopt;
}
std::optional<std::size_t> ExecutionOptions::insertmanyvalues_page_size() const noexcept {
    return more_ ? more_->page_size : std::nullopt;
}

std::shared_ptr<const SchemaTranslateMap> ExecutionOptions::schema_map() const noexcept {
    return more_ ? more_->schema_map : nullptr;
}

const std::any* ExecutionOptions::find(std::string_view key) const noexcept {
    if (!more_) return nullptr;
    const auto found = more_->values.find(key);
    return found == more_->values.end() ? nullptr : &found->second;
}

ExecutionOptions ExecutionOptions::over(const ExecutionOptions& defaults) const {
    ExecutionOptions merged{*this};
    if (!merged.timeout_) merged.timeout_ = defaults.timeout_;
    if (!merged.yield_per_) merged.yield_per_ = defaults.yield_per_;
    if (!merged.more_) merged.more_ = defaults.more_;
    if (!more_ || !defaults.more_) return merged;
    return merged.with([&](More& more) {
        const More& base = *defaults.more_;
        if (!more.isolation_level) more.isolation_level = base.isolation_level;
        if (!more.readonly) more.readonly = base.readonly;
        if (!more.deferrable) more.deferrable = base.deferrable;
        if (!more.cache) more.cache = base.cache;
        if (!more.page_size) more.page_size = base.page_size;
        if (!more.schema_map) more.schema_map = base.schema_map;
        more.values.insert(base.values.begin(), base.values.end());
    });
}

} // namespace azoth
