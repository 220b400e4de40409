// SPDX-License-Identifier: MIT
// The driver: connecting on a helper thread, with a deadline.
#include "driver/mysql/connect.hpp"
#include "driver/mysql/connection.hpp"
#include "driver/mysql/helper_thread.hpp"

#include <azoth/dialect/dialects.hpp>
#include <azoth/driver/mysql.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/this_coro.hpp>
#else
#include <asio/this_coro.hpp>
#endif

namespace azoth::mysql {
namespace {

/// What the helper thread works on. It may outlive the coroutine: whoever is last closes the
/// connection.
struct ConnectJob {
    ConnectOptions options;
    HandlePtr handle;
    NativeError error;
};

class Driver final : public driver::Driver {
public:
    [[nodiscard]] std::shared_ptr<const Dialect> dialect(const Url& url) const override {
        if (url.dialect == "mariadb")
            return dialects::mariadb();
        return dialects::mysql();
    }

    [[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>>
    connect(asio::any_io_executor executor, Url url) const override;

    [[nodiscard]] std::shared_ptr<const Dialect>
    dialect_of(const Url& url, const driver::Connection& connection, const driver::ServerInfo& info) const override {
        return flavoured_dialect(url.dialect, connection.server_version(), info);
    }

    [[nodiscard]] bool single_connection(const Url&) const override { return false; }

    void validate(const Url& url) const override { static_cast<void>(ConnectOptions{url}); }
};

// Name resolution and the TLS handshake block in the client library, also in its non-blocking
// interface.
asio::awaitable<std::unique_ptr<driver::Connection>>
Driver::connect(asio::any_io_executor executor, Url url) const {
    auto job = std::make_shared<ConnectJob>();
    job->options = ConnectOptions{url};
    const auto timeout = job->options.connect_timeout;
    Deadline deadline = no_deadline;
    if (timeout.count() != 0)
        deadline = std::chrono::steady_clock::now() + timeout;

    const asio::any_io_executor own = co_await asio::this_coro::executor;
    std::function<void()> work = [job] {
        job->handle = connect_blocking(job->options, job->error);
    };
    HelperThread helper{own, std::move(work)};
    const bool ended = co_await helper.wait(deadline);
    if (!ended) {
        const std::string message = "no answer within " + std::to_string(timeout.count()) + " s";
        const NativeError error{CR_CONN_HOST_ERROR, "HY000", message.c_str()};
        throw_database_error(diagnose_connect(error, ConnectOptions{url}));
    }
    if (job->handle == nullptr)
        throw_database_error(diagnose_connect(job->error, job->options));
    co_return std::make_unique<Connection>(
        std::move(executor),
        std::move(job->handle),
        std::move(job->options)
    );
}

} // namespace

std::shared_ptr<const Dialect>
flavoured_dialect(const std::string& named, const std::string& version, const driver::ServerInfo& info) {
    MySQLFlavour flavour;
    flavour.mariadb = version.find("MariaDB") != std::string::npos;
    flavour.mariadb_name = named == "mariadb";
    flavour.ansi_quotes = info.ansi_quotes;
    flavour.no_backslash_escapes = info.no_backslash_escapes;
    flavour.version = parse_server_version(version);
    if (flavour.mariadb_name && !flavour.mariadb)
        throw InvalidRequestError(
            "the URL says mariadb://, but the server is none: its version is " + version + "; write mysql://");
    return dialects::mysql(flavour);
}

std::shared_ptr<const driver::Driver> make_driver() {
    return std::make_shared<const Driver>();
}

} // namespace azoth::mysql
