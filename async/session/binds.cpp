// SPDX-License-Identifier: MIT
// Finding the database of a class, a table or a statement.
#include <azoth/session/binds.hpp>

#include <map>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <azoth/detail/lock.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

namespace azoth {

struct SessionBinds::Data {
    std::optional<Engine> all;
    std::vector<ClassBind> classes;
    std::vector<std::pair<const schema::TableData*, Engine>> tables;
    std::vector<Table> kept; ///< so that no other table gets their addresses
    Route route;
    mutable detail::TinyLock lock;
    mutable std::map<const orm::MapperData*, const Engine*> known; ///< of classes that were asked for; null: none of the class's own

    Data() = default;
    Data(const Data& other) : all(other.all), classes(other.classes), tables(other.tables), kept(other.kept), route(other.route) {}
    Data& operator=(const Data&) = delete;
};

namespace {

/// An object of a mapped class, to be asked which classes it is of.
class Prototype {
public:
    explicit Prototype(const orm::MapperData& mapper)
        : alignment_(static_cast<std::align_val_t>(mapper.object_alignment)), destroy_(mapper.destroy),
          memory_(::operator new(mapper.object_size, alignment_)) {
        try {
            object_ = mapper.construct(memory_);
        } catch (...) {
            ::operator delete(memory_, alignment_);
            throw;
        }
    }
    ~Prototype() {
        destroy_(memory_);
        ::operator delete(memory_, alignment_);
    }
    Prototype(const Prototype&) = delete;
    Prototype& operator=(const Prototype&) = delete;
    [[nodiscard]] const ModelBase& operator*() const noexcept { return *object_; }

private:
    std::align_val_t alignment_;
    orm::DestroyFunction destroy_;
    void* memory_;
    const ModelBase* object_ = nullptr;
};

template <class Binds>
std::shared_ptr<Binds> copy_of(const std::shared_ptr<const Binds>& data) {
    return data ? std::make_shared<Binds>(*data) : std::make_shared<Binds>();
}

} // namespace

bool BindRequest::is_select() const noexcept {
    return !flushing && statement != nullptr
        && (statement->kind == sql::NodeKind::select || statement->kind == sql::NodeKind::compound);
}

SessionBinds::SessionBinds(Engine engine) {
    auto data = std::make_shared<Data>();
    data->all = std::move(engine);
    data_ = std::move(data);
}

SessionBinds SessionBinds::with_class(ClassBind bind) const {
    auto data = copy_of(data_);
    data->classes.push_back(std::move(bind));
    SessionBinds copy;
    copy.data_ = std::move(data);
    return copy;
}

SessionBinds SessionBinds::bind(const Table& table, Engine engine) const {
    auto data = copy_of(data_);
    data->tables.emplace_back(&table.data(), std::move(engine));
    data->kept.push_back(table);
    SessionBinds copy;
    copy.data_ = std::move(data);
    return copy;
}

SessionBinds SessionBinds::route(Route choose) const {
    auto data = copy_of(data_);
    data->route = std::move(choose);
    SessionBinds copy;
    copy.data_ = std::move(data);
    return copy;
}

const Engine* SessionBinds::default_engine() const noexcept { return data_ && data_->all ? &*data_->all : nullptr; }

const SessionBinds::Route* SessionBinds::route() const noexcept { return data_ && data_->route ? &data_->route : nullptr; }

bool SessionBinds::simple() const noexcept { return !data_ || (data_->classes.empty() && data_->tables.empty() && !data_->route); }

const Engine* SessionBinds::find_class(const orm::MapperData& mapper) const {
    {
        const detail::TinyGuard guard{data_->lock};
        if (const auto known = data_->known.find(&mapper); known != data_->known.end()) return known->second;
    }
    const ClassBind* closest = nullptr;
    if (!data_->classes.empty()) {
        const Prototype prototype{mapper};
        for (const auto& bind : data_->classes)
            if (bind.has(*prototype) && (closest == nullptr || closest->catches(bind.throw_one))) closest = &bind;
    }
    const auto* engine = closest == nullptr ? nullptr : &closest->engine;
    const detail::TinyGuard guard{data_->lock};
    data_->known.emplace(&mapper, engine);
    return engine;
}

const Engine* SessionBinds::find(const BindRequest& request) const {
    if (!data_) return nullptr;
    if (simple()) return default_engine();
    const auto by_table = [&](const schema::TableData& table) -> const Engine* {
        for (const auto& [bound, engine] : data_->tables)
            if (bound == &table) return &engine;
        const auto* mapper = orm::mapper_of_table(table);
        return mapper == nullptr ? nullptr : find_class(*mapper);
    };
    if (request.mapper != nullptr) {
        if (const auto* engine = find_class(*request.mapper)) return engine;
        if (const auto* engine = by_table(request.mapper->table->data())) return engine;
    }
    if (request.statement != nullptr) {
        // Not owned here: the caller keeps the statement.
        const sql::NodePtr statement{sql::NodePtr{}, request.statement};
        for (const auto& node : sql::find_tables(statement))
            if (const auto* table = sql::table_data(*node))
                if (const auto* engine = by_table(*table)) return engine;
    }
    return default_engine();
}

} // namespace azoth
