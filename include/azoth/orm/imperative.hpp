// SPDX-License-Identifier: MIT
// Mapping a plain struct from outside.
#pragma once

#include <azoth/orm/mapper.hpp>

namespace azoth {

/// The entity of a struct that knows nothing of the ORM but its members' wrappers: it has no base class and no map(). What maps it
/// stands elsewhere:
///
///     struct Customer { az::Mapped<std::int64_t> id; az::Mapped<std::string> name; };   // in the domain's header
///
///     template <>
///     struct az::MapImperatively<Customer> {
///         static void map(az::Mapper<az::Imperative<Customer>>& m) {
///             m.table(customers());
///             m.columns<&Customer::id, &Customer::name>();
///         }
///     };
///     using CustomerEntity = az::Imperative<Customer>;
///
/// `make<CustomerEntity>()` and `select<CustomerEntity>()` give objects that are Customers; `col<&Customer::name>` is SQL. Links name
/// the other's entity: `az::Related<az::Imperative<Country>>`.
template <class C>
class Imperative : public Model<Imperative<C>>, public C {
public:
    static void map(Mapper<Imperative>& m) { MapImperatively<C>::map(m); }
};

} // namespace azoth
