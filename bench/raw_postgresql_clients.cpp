// SPDX-License-Identifier: MIT
// libpq by hand: short transactions, many clients on few connections, and statements that do not wait for each other.
#include "raw_postgresql.hpp"

#include <array>
#include <cstddef>
#include <deque>

#include <sys/epoll.h>
#include <unistd.h>

namespace bench {
namespace {

// ---- W4 --------------------------------------------------------------------------------------

Outcome reset_transactions(Run& run) {
    seed_customers(run.url(), 0);
    return {};
}

Outcome verify_customers(Run& run) {
    const Connection connection{run.url()};
    const auto result = connection.checked(
        PQexecParams(connection.handle(), select_all, 0, nullptr, nullptr, nullptr, nullptr, 1), select_all
    );
    std::uint64_t sum = 0;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        const auto found = customer(result.get(), row);
        sum += check_customer(found.id, found.name, found.description);
    }
    return {0, sum};
}

constexpr const char* insert_customer = "INSERT INTO customer (name, description) VALUES ($1, $2)";

/// `each(params)` executes the INSERT that was prepared, in a transaction of its own.
template <class Each>
Outcome short_transactions(Run& run, Each each) {
    const Connection connection{run.url()};
    run.start();
    constexpr unsigned types[] = {text_oid, text_oid};
    connection.prepare("insert", insert_customer, types);
    connection.prepare("begin", "BEGIN", {});
    connection.prepare("commit", "COMMIT", {});
    Params params;
    for (std::int64_t i = 1; i <= transactions; ++i) {
        const auto name = customer_name(i);
        const auto description = customer_description(i);
        params.clear();
        params.add(name);
        params.add(description);
        each(connection, params);
    }
    run.stop();
    return {transactions, check_seeded(transactions)};
}

Outcome three_round_trips(Run& run) {
    const Params none;
    return short_transactions(run, [&](const Connection& connection, const Params& params) {
        connection.execute_prepared("begin", none);
        connection.execute_prepared("insert", params);
        connection.execute_prepared("commit", none);
    });
}

Outcome autocommitted(Run& run) {
    return short_transactions(run, [](const Connection& connection, const Params& params) {
        connection.execute_prepared("insert", params);
    });
}

Outcome one_round_trip(Run& run) {
    return short_transactions(run, [](const Connection& connection, const Params& params) {
        auto* handle = connection.handle();
        PQenterPipelineMode(handle);
        bool sent = PQsendQueryPrepared(handle, "begin", 0, nullptr, nullptr, nullptr, 1) == 1;
        sent = sent && PQsendQueryPrepared(
                           handle, "insert", params.count(), params.values(), params.lengths(), params.formats(), 1
                       ) == 1;
        sent = sent && PQsendQueryPrepared(handle, "commit", 0, nullptr, nullptr, nullptr, 1) == 1;
        if (!sent || PQpipelineSync(handle) != 1)
            connection.refuse("send");
        for (int i = 0; i < 3; ++i) {
            connection.checked(PQgetResult(handle), "transaction");
            PQgetResult(handle); // the NULL after each statement
        }
        const ResultPtr sync{PQgetResult(handle)};
        if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC)
            connection.refuse("sync");
        PQexitPipelineMode(handle);
    });
}

// ---- W8 --------------------------------------------------------------------------------------

Outcome seed_clients(Run& run) {
    seed_customers(run.url(), short_selects);
    return {};
}

/// A connection and the client that has it.
struct Busy {
    std::unique_ptr<Connection> connection;
    std::size_t client = 0;
};

class Clients {
public:
    explicit Clients(const std::string& url) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (auto& one : connections_) {
            one.connection = std::make_unique<Connection>(url);
            one.connection->prepare("by_key", select_by_key, std::span{&int8_oid, 1});
            PQsetnonblocking(one.connection->handle(), 1);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.ptr = &one;
            epoll_ctl(epoll_, EPOLL_CTL_ADD, PQsocket(one.connection->handle()), &event);
            free_.push_back(&one);
        }
        for (std::size_t client = 0; client < clients; ++client)
            waiting_.push_back(client);
    }
    ~Clients() { ::close(epoll_); }
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    std::uint64_t run() {
        std::uint64_t sum = 0;
        std::array<epoll_event, pool_connections> events{};
        for (std::int64_t done = 0; done < shared_selects;) {
            while (!free_.empty() && !waiting_.empty() && started_ < shared_selects) {
                send(*free_.front(), waiting_.front());
                free_.pop_front();
                waiting_.pop_front();
            }
            const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i) {
                auto& one = *static_cast<Busy*>(events[static_cast<std::size_t>(i)].data.ptr);
                auto* handle = one.connection->handle();
                if (PQconsumeInput(handle) != 1)
                    one.connection->refuse("read");
                if (PQisBusy(handle) != 0)
                    continue;
                const auto result = one.connection->checked(PQgetResult(handle), select_by_key);
                const auto found = customer(result.get(), 0);
                sum += check_customer(found.id, found.name, found.description);
                PQgetResult(handle); // the NULL at the end
                ++done;
                free_.push_back(&one);
                waiting_.push_back(one.client);
            }
        }
        return sum;
    }

private:
    void send(Busy& one, std::size_t client) {
        one.client = client;
        const auto key = to_network(permuted_key(started_++));
        params_.clear();
        params_.add(key);
        auto* handle = one.connection->handle();
        if (PQsendQueryPrepared(
                handle, "by_key", params_.count(), params_.values(), params_.lengths(), params_.formats(), 1
            ) != 1 ||
            PQflush(handle) != 0) {
            one.connection->refuse("send");
        }
    }

    int epoll_;
    std::array<Busy, pool_connections> connections_;
    std::deque<Busy*> free_;
    std::deque<std::size_t> waiting_; ///< clients, first come first served
    std::int64_t started_ = 0;
    Params params_;
};

Outcome many_clients(Run& run) {
    Clients all{run.url()};
    run.start();
    const auto sum = all.run();
    run.stop();
    return {shared_selects, sum};
}

// ---- W9 --------------------------------------------------------------------------------------

Outcome selects_one_by_one(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    Params params;
    run.start();
    connection.prepare("by_key", select_by_key, std::span{&int8_oid, 1});
    for (std::int64_t i = 0; i < pipelined_selects; ++i) {
        const auto key = to_network(permuted_key(i));
        params.clear();
        params.add(key);
        rows.push_back(customer(connection.execute_prepared("by_key", params).get(), 0));
    }
    run.stop();
    return {pipelined_selects, check(rows)};
}

template <std::size_t Batch>
Outcome selects_pipelined(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    std::int64_t key = 0;
    run.start();
    connection.prepare("by_key", select_by_key, std::span{&int8_oid, 1});
    pipelined(
        connection, "by_key", static_cast<std::size_t>(pipelined_selects),
        [&](std::size_t row, Params& params) {
            key = to_network(permuted_key(static_cast<std::int64_t>(row)));
            params.add(key);
        },
        [&](const PGresult* answer) { rows.push_back(customer(answer, 0)); }, Batch
    );
    run.stop();
    return {pipelined_selects, check(rows)};
}

const Register contenders{
    {"W4", "postgresql", "reset", reset_transactions},
    {"W4", "postgresql", "raw", three_round_trips},
    {"W4", "postgresql", "raw-autocommit", autocommitted},
    {"W4", "postgresql", "raw-pipeline", one_round_trip},
    {"W4", "postgresql", "verify", verify_customers},
    {"W8", "postgresql", "seed", seed_clients},
    {"W8", "postgresql", "raw", many_clients},
    {"W9", "postgresql", "seed", seed_clients},
    {"W9", "postgresql", "raw", selects_one_by_one},
    {"W9", "postgresql", "raw-pipe10", selects_pipelined<10>},
    {"W9", "postgresql", "raw-pipe100", selects_pipelined<100>},
    {"W9", "postgresql", "raw-pipe1000", selects_pipelined<1000>},
};

} // namespace
} // namespace bench
