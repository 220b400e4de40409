// What a session does: one object for each row, a unit of work, savepoints, values that are not loaded, listeners, history, objects
// that come from elsewhere, and a test that counts statements.
#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <asio.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

namespace az = azoth;
using az::col;

struct Account;

struct Transfer : az::Model<Transfer> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> account_id;
    az::Mapped<std::int64_t> cents;
    az::Related<Account>     account;

    static void map(az::Mapper<Transfer>& m);
};

struct Account : az::Model<Account> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string>  holder;
    az::Mapped<std::int64_t> cents;
    az::Collection<Transfer> transfers;

    static void map(az::Mapper<Account>& m) {
        m.table("account");
        m.column<&Account::id>(az::primary_key);
        m.column<&Account::holder>(az::String{40}, az::unique);
        m.column<&Account::cents>(az::default_(0));
        m.relationship<&Account::transfers>(az::back_populates<&Transfer::account>(), az::cascade("all, delete-orphan"));
    }
};

void Transfer::map(az::Mapper<Transfer>& m) {
    m.table("transfer");
    m.column<&Transfer::id>(az::primary_key);
    m.column<&Transfer::account_id>(az::foreign_key<&Account::id>());
    m.column<&Transfer::cents>();
    m.relationship<&Transfer::account>(az::back_populates<&Account::transfers>());
}

// A unit of work: committed when it returns, rolled back when it throws.
asio::awaitable<void> open_accounts(az::Session& session) {
    for (const auto* holder : {"Ada", "Blaise"}) session.add(az::make<Account>(col<&Account::holder> = holder));
    co_return;
}

asio::awaitable<void> identity(az::Session& session) {
    auto ada = (co_await session.scalars(az::select<Account>().where(col<&Account::holder> == "Ada"))).one();
    const auto again = co_await session.get<Account>(*ada->id); // no statement: the session has it
    std::cout << "one object for a row: " << std::boolalpha << (ada == again) << '\n';

    // Linked objects come with it, their keys and their order too.
    ada->transfers.append(az::make<Transfer>(col<&Transfer::cents> = 500));
    ada->cents = *ada->cents + 500;
    const auto history = az::get_history(ada->cents);
    std::cout << "balance was " << history.deleted.front() << ", will be " << history.added.front() << '\n';
    co_await session.commit();
}

// What fails inside a savepoint is undone, and no more.
asio::awaitable<void> savepoints(az::Session& session) {
    const auto add_twice = [&]() -> asio::awaitable<void> {
        session.add(az::make<Account>(col<&Account::holder> = "Ada")); // there is one
        co_await session.flush();
    };
    bool refused = false;
    try {
        co_await session.begin_nested(add_twice);
    } catch (const az::IntegrityError&) {
        refused = true;
    }
    session.add(az::make<Account>(col<&Account::holder> = "Carl"));
    co_await session.commit();
    const auto accounts = co_await session.scalar(az::select(az::func::count()).select_from<Account>());
    std::cout << "second Ada refused: " << refused << ", accounts: " << accounts << '\n';
}

// Touching what is not loaded never asks the database behind one's back: it says which call does.
asio::awaitable<void> explicit_loading(az::Session& session) {
    auto transfer = (co_await session.scalars(az::select<Transfer>().limit(1))).one();
    session.expire(transfer);
    try {
        (void)*transfer->cents;
    } catch (const az::NotLoadedError&) { // its text names class, attribute, reason, and the call to make
        std::cout << "not loaded\n";
    }
    const auto cents = co_await transfer->cents.load();
    auto account = co_await transfer->account.load();
    std::cout << cents << " went to " << *account->holder << '\n';
}

// Before rows are written a listener sees what will be.
asio::awaitable<void> listeners(az::Session& session) {
    const auto listener = session.events().before_flush.connect([&] {
        for (const auto& object : session.dirty_objects())
            if (const auto account = std::dynamic_pointer_cast<Account>(object))
                std::cout << "about to write " << *account->holder << '\n';
    });
    auto blaise = (co_await session.scalars(az::select<Account>().where(col<&Account::holder> == "Blaise"))).one();
    blaise->cents = col<&Account::cents> + 42; // in the database: whatever is there by now
    co_await session.commit();
    (void)listener;
}

// Loading in one statement what a loop would load one by one, and a test that holds it.
asio::awaitable<void> counting(az::Session& session, az::testing::StatementLog log) {
    log.clear();
    auto accounts = co_await session.scalars(az::select<Account>().options(az::selectinload<&Account::transfers>()));
    std::size_t transfers = 0;
    for (const auto& account : accounts) transfers += account->transfers.size();
    std::cout << transfers << " transfer by " << log.count("SELECT") << " SELECTs\n";
}

asio::awaitable<void> run(az::Engine engine, az::testing::StatementLog log) {
    az::Registry models;
    models.add<Account, Transfer>();
    co_await models.metadata().drop_all(engine);
    co_await models.metadata().create_all(engine);
    const az::SessionMaker sessions{engine};
    co_await sessions.begin(open_accounts);
    co_await sessions.begin(identity);
    co_await sessions.begin(savepoints);
    co_await sessions.begin(explicit_loading);
    co_await sessions.begin(listeners);
    const auto count = [log](az::Session& session) { return counting(session, log); };
    co_await sessions.begin(count);
    co_await models.metadata().drop_all(engine);
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    asio::io_context io;
    az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    auto engine = az::create_engine(io.get_executor(), argc > 1 ? argv[1] : "sqlite://", options);
    asio::co_spawn(io, run(engine, log), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
}
