// SPDX-License-Identifier: MIT
// What the built-in dialects share.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>

namespace azoth {

/// One dialect for each kind of server, so that engines of equal servers can share what they compile. Thread-safe.
template <class Made, class Kind>
class DialectOfKind {
public:
    [[nodiscard]] std::shared_ptr<const Dialect> get(const Kind& kind) {
        const std::lock_guard lock{mutex_};
        for (const auto& [known, dialect] : made_)
            if (known == kind) return dialect;
        return made_.emplace_back(kind, std::make_shared<Made>(kind)).second;
    }

private:
    std::mutex mutex_;
    std::vector<std::pair<Kind, std::shared_ptr<const Dialect>>> made_;
};

/// For what only a connection can answer. @throws NoSuchModuleError always: the dialect has no driver.
[[noreturn]] void throw_no_driver(std::string_view dialect_name);

} // namespace azoth
