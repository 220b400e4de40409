// SPDX-License-Identifier: MIT
// Name lookup and the steps of connecting, with one deadline for all of it.
#include "driver/postgresql/connect.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <azoth/error.hpp>

#include "driver/postgresql/channel.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/libpq.hpp"

namespace azoth::postgresql {
namespace {

[[noreturn]] void throw_connect(DiagnosticInfo info) {
    throw OperationalError(std::move(info), {}, {});
}

[[noreturn]] void throw_connect(const ConnectOptions& options, const std::string& why) {
    DiagnosticInfo info;
    info.code = errc::connection_failed;
    info.message = "cannot connect to PostgreSQL " + options.where + ": " + why;
    throw_connect(std::move(info));
}

[[noreturn]] void throw_timeout(const ConnectOptions& options) {
    throw_connect(
        options, "no answer within " + std::to_string(options.connect_timeout.count() / 1000)
                     + " s; is the server reachable, and is connect_timeout long enough?");
}

/// What the thread that looks up a name owns.
struct Lookup {
    std::string host;
    int result = 0;
    std::vector<std::string> addresses;

    explicit Lookup(std::string name) : host(std::move(name)) {}

    void run() {
        addrinfo hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        result = getaddrinfo(host.c_str(), nullptr, &hints, &found);
        for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
            char text[NI_MAXHOST];
            if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST)
                == 0) {
                addresses.emplace_back(text);
            }
        }
        if (found != nullptr) freeaddrinfo(found);
    }
};

bool is_numeric(const std::string& host) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
    freeaddrinfo(found);
    return true;
}

/// Gives each target that is a name its addresses, one target for each: libpq looks names up on the caller's
/// thread. On a thread of its own rather than by Asio's resolver, which knows no deadline and serves one name
/// at a time.
asio::awaitable<void> resolve(asio::any_io_executor executor, ConnectOptions& options, Deadline deadline) {
    std::vector<Target> resolved;
    for (const auto& target : options.targets) {
        if (!target.is_name()) {
            resolved.push_back(target);
            continue;
        }
        if (is_numeric(target.host)) {
            resolved.emplace_back(target.host, target.host, target.port);
            continue;
        }
        auto lookup = std::make_shared<Lookup>(target.host);
        std::function<void()> work = [lookup] { lookup->run(); };
        const bool finished = co_await run_blocking(executor, std::move(work), deadline);
        if (!finished) throw_timeout(options);
        // Of several hosts, one that is unknown is passed over as one that is down would be.
        if (lookup->result != 0 && options.targets.size() == 1) {
            throw_connect(
                options,
                "the host name \"" + target.host + "\" cannot be resolved: " + gai_strerror(lookup->result));
        }
        for (auto& address : lookup->addresses)
            resolved.emplace_back(target.host, std::move(address), target.port);
    }
    if (resolved.empty()) throw_connect(options, "none of the host names can be resolved");
    options.targets = std::move(resolved);
}

/// libpq's lists: all of the same length, an element may be empty.
std::string join(const std::vector<Target>& targets, std::string Target::* part) {
    std::string list;
    for (const auto& target : targets) {
        if (&target != targets.data()) list += ',';
        list += target.*part;
    }
    return list;
}

ConnectionPtr start(const ConnectOptions& options) {
    auto keywords = options.keywords;
    const auto add_list = [&](const char* keyword, std::string Target::* part) {
        auto list = join(options.targets, part);
        if (list.find_first_not_of(',') != std::string::npos) keywords.emplace_back(keyword, std::move(list));
    };
    add_list("host", &Target::host);
    add_list("hostaddr", &Target::address);
    add_list("port", &Target::port);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : keywords) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    ConnectionPtr connection{PQconnectStartParams(names.data(), values.data(), 0)};
    if (connection == nullptr) throw std::bad_alloc();
    return connection;
}

void ignore_notice(void*, const PGresult*) {}

} // namespace

asio::awaitable<ConnectionPtr> connect(asio::any_io_executor executor, ConnectOptions options) {
    Deadline deadline = no_deadline;
    if (options.connect_timeout.count() > 0)
        deadline = std::chrono::steady_clock::now() + options.connect_timeout;
    co_await resolve(executor, options, deadline);

    ConnectionPtr connection = start(options);
    PQsetNoticeReceiver(connection.get(), ignore_notice, nullptr); // the default prints to stderr
    // Of all that libpq tells about a failed attempt only the verbose text has the SQLSTATE.
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    auto state = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) {
            throw_connect(diagnose_connect(PQerrorMessage(connection.get()), options.where));
        }
        // A new watch for each step: libpq may have gone on to another socket, even one of the same number.
        auto socket = watch_socket(executor, connection.get());
        const bool reading = state == PGRES_POLLING_READING;
        const Ready ready = co_await wait_any(socket, reading, !reading, deadline);
        if (ready == Ready::timeout) throw_timeout(options);
        state = PQconnectPoll(connection.get());
    }
    PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
    if (PQsetnonblocking(connection.get(), 1) != 0) throw_connect(options, PQerrorMessage(connection.get()));
    co_return std::move(connection);
}

} // namespace azoth::postgresql
