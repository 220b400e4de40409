// SPDX-License-Identifier: MIT
// The drivers there are, by the name that a URL begins with.
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <azoth/driver/driver.hpp>
#include <azoth/error.hpp>

namespace azoth::driver {

namespace {

struct Registry {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Driver>, std::less<>> drivers;
};

/// Made when it is first used, which may be before main(); never destroyed, so that it may be used after.
Registry& registry() {
    static auto* const only = new Registry;
    return *only;
}

} // namespace

void register_driver(std::string name, std::shared_ptr<const Driver> driver) {
    if (name.empty() || !driver) throw ArgumentError("register_driver() needs a name and a driver");
    auto& known = registry();
    const std::lock_guard lock{known.mutex};
    known.drivers.insert_or_assign(std::move(name), std::move(driver));
}

std::shared_ptr<const Driver> find_driver(std::string_view name) {
    auto& known = registry();
    const std::lock_guard lock{known.mutex};
    if (const auto found = known.drivers.find(name); found != known.drivers.end()) return found->second;
    const auto dialect = name.substr(0, name.find('+'));
    if (dialect == "oracle" || dialect == "mssql")
        throw NoSuchModuleError(
            "the dialect '" + std::string{dialect} + "' writes SQL only: Azoth has no driver that connects to it");
    std::string message = "there is no driver for '" + std::string{name} + "' URLs; ";
    if (known.drivers.empty()) message += "none is registered: call azoth::register_builtin_drivers()";
    else message += "there are:";
    for (const auto& [known_name, driver] : known.drivers) message += " " + known_name;
    throw NoSuchModuleError(message);
}

} // namespace azoth::driver
