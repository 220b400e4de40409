// SPDX-License-Identifier: MIT
// The drivers that this build of the library has.
#include <azoth/driver/builtin.hpp>

#include <mutex>

#ifdef AZOTH_HAS_SQLITE
#include <azoth/driver/sqlite.hpp>
#endif
#ifdef AZOTH_HAS_POSTGRESQL
#include <azoth/driver/postgresql.hpp>
#endif
#ifdef AZOTH_HAS_MYSQL
#include <azoth/driver/mysql.hpp>
#endif

namespace azoth {

void register_builtin_drivers() {
    static std::once_flag once;
    std::call_once(once, [] {
#ifdef AZOTH_HAS_SQLITE
        driver::register_driver("sqlite", sqlite::make_driver());
#endif
#ifdef AZOTH_HAS_POSTGRESQL
        driver::register_driver("postgresql", postgresql::make_driver());
#endif
#ifdef AZOTH_HAS_MYSQL
        const auto mysql_driver = mysql::make_driver();
        driver::register_driver("mysql", mysql_driver);
        driver::register_driver("mariadb", mysql_driver);
#endif
    });
}

} // namespace azoth
