// SPDX-License-Identifier: MIT
// libpq's handles with owners. The only header that shows libpq-fe.h.
#pragma once

#include <memory>

#include <libpq-fe.h>

namespace azoth::postgresql {

struct ResultDeleter {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
struct ConnectionDeleter {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
struct ConninfoDeleter {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

using ResultPtr = std::unique_ptr<PGresult, ResultDeleter>;
using ConnectionPtr = std::unique_ptr<PGconn, ConnectionDeleter>;
using ConninfoPtr = std::unique_ptr<PQconninfoOption, ConninfoDeleter>;

} // namespace azoth::postgresql
