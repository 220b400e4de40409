// SPDX-License-Identifier: MIT
// Connector/C by hand: short transactions, and many clients on few connections.
#include "raw_mariadb.hpp"

#include <algorithm>
#include <deque>

#include <sys/epoll.h>
#include <unistd.h>

namespace bench::mariadb {
namespace {

// ---- W4 --------------------------------------------------------------------------------------

Outcome reset_transactions(Run& run) {
    seed_customers(run.url(), 0);
    return {};
}

Outcome verify_transactions(Run& run) {
    const Connection connection{run.url()};
    return {0, check(read_customers(connection))};
}

Outcome short_transactions(Run& run, bool explicitly) {
    const Connection connection{run.url()};
    run.start();
    {
        Query insert{connection, "INSERT INTO customer (name, description) VALUES (?, ?)"};
        for (std::int64_t i = 1; i <= transactions; ++i) {
            const auto name = customer_name(i);
            const auto description = customer_description(i);
            if (explicitly)
                connection.execute("BEGIN");
            insert.bind(0, name);
            insert.bind(1, description);
            insert.execute();
            if (explicitly)
                connection.execute("COMMIT");
        }
    }
    run.stop();
    return {transactions, check_seeded(transactions)};
}

Outcome three_round_trips(Run& run) { return short_transactions(run, true); }
Outcome autocommitted(Run& run) { return short_transactions(run, false); }

// ---- W8 --------------------------------------------------------------------------------------

Outcome seed_clients(Run& run) {
    seed_customers(run.url(), short_selects);
    return {};
}

/// A connection with its statement, and how far its execution is.
struct Busy {
    explicit Busy(const std::string& url) : connection(url, true), query(connection, select_by_key) {}

    /// Goes on as far as it can without waiting. True when the row is there.
    bool advance(int ready) {
        for (;;) {
            if (waits != 0) {
                int failed = 0;
                if (storing)
                    waits = mysql_stmt_store_result_cont(&failed, query.handle(), ready);
                else
                    waits = mysql_stmt_execute_cont(&failed, query.handle(), ready);
                if (waits != 0)
                    return false;
                if (failed != 0)
                    query.refuse("select");
            }
            if (storing)
                return true;
            output.attach(query);
            storing = true;
            int failed = 0;
            waits = mysql_stmt_store_result_start(&failed, query.handle());
            if (waits != 0)
                return false;
            if (failed != 0)
                query.refuse("store");
        }
    }
    /// True when the row is there already.
    bool start(std::int64_t which) {
        key = which;
        storing = false;
        query.bind(0, key);
        query.bind_parameters();
        int failed = 0;
        waits = mysql_stmt_execute_start(&failed, query.handle());
        if (waits != 0)
            return false;
        if (failed != 0)
            query.refuse("execute");
        return advance(0);
    }

    Connection connection;
    Query query;
    Output output;
    std::int64_t key = 0;
    std::size_t client = 0;
    int waits = 0;
    bool storing = false;
};

Outcome many_clients(Run& run) {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Busy>> connections;
    std::deque<Busy*> free;
    std::deque<std::size_t> waiting; // clients, first come first served
    for (std::size_t i = 0; i < pool_connections; ++i) {
        auto& one = connections.emplace_back(std::make_unique<Busy>(run.url()));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = one.get();
        epoll_ctl(epoll, EPOLL_CTL_ADD, mysql_get_socket(one->connection.handle()), &event);
        free.push_back(one.get());
    }
    for (std::size_t client = 0; client < clients; ++client)
        waiting.push_back(client);
    std::uint64_t sum = 0;
    std::int64_t started = 0;
    std::int64_t done = 0;
    const auto finish = [&](Busy& one) {
        if (one.output.fetch(one.query)) {
            const auto found = one.output.customer();
            sum += check_customer(found.id, found.name, found.description);
        }
        mysql_stmt_free_result(one.query.handle()); // all of it is here
        ++done;
        free.push_back(&one);
        waiting.push_back(one.client);
    };
    std::array<epoll_event, pool_connections> events{};
    run.start();
    while (done < shared_selects) {
        while (!free.empty() && !waiting.empty() && started < shared_selects) {
            auto& one = *free.front();
            free.pop_front();
            one.client = waiting.front();
            waiting.pop_front();
            if (one.start(permuted_key(started++)))
                finish(one);
        }
        if (done == shared_selects)
            break;
        const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            auto& one = *static_cast<Busy*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (one.waits != 0 && one.advance(MYSQL_WAIT_READ))
                finish(one);
        }
    }
    run.stop();
    ::close(epoll);
    return {shared_selects, sum};
}

const Register contenders{
    {"W4", "mariadb", "reset", reset_transactions},
    {"W4", "mariadb", "raw", three_round_trips},
    {"W4", "mariadb", "raw-autocommit", autocommitted},
    {"W4", "mariadb", "verify", verify_transactions},
    {"W8", "mariadb", "seed", seed_clients},
    {"W8", "mariadb", "raw", many_clients},
};

} // namespace
} // namespace bench::mariadb
