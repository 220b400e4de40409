// SPDX-License-Identifier: MIT
// MariaDB Connector/C's headers, and owners for its handles.
#pragma once

#include <memory>

// clang-format off: the others need the first
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
// clang-format on

namespace azoth::mysql {

struct CloseHandle {
    /// Says goodbye to the server; a shut-down socket makes that an error at once, which nobody
    /// needs to know.
    void operator()(MYSQL* handle) const noexcept { mysql_close(handle); }
};
using HandlePtr = std::unique_ptr<MYSQL, CloseHandle>;

} // namespace azoth::mysql
