// SPDX-License-Identifier: MIT
// Neighbouring scenarios: many-to-many, trees, association objects, one-to-one, order, rings.
#include <azoth/ext/association_proxy.hpp>

#include "golden/orm_collection_models.hpp"
#include "golden/orm_neighbours.hpp"

namespace golden {

namespace {

void add_many_to_many(ScenarioRegistry& registry) {
    registry.with(shop, orders);
    registry.add("uow.m2m.delete_parent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        co_await s.delete_(o);
        co_await s.commit();
    });
    registry.add("uow.m2m.delete_other_side", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto i = co_await s.get<Item>(1);
        co_await s.delete_(i);
        co_await s.commit();
    });
    registry.add("uow.m2m.clear", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        co_await o->items.load();
        o->items.clear();
        co_await s.commit();
        co_await o->items.load();
        x.out("n", o->items.size());
    });
    registry.add("uow.m2m.remove_from_other_side", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto i = co_await s.get<Item>(1);
        const auto all = co_await i->orders.load();
        auto o = all[0];
        i->orders.remove(o);
        co_await s.commit();
        const auto items = co_await o->items.load();
        x.out("ids", ids(items));
    });
    registry.add("uow.m2m.append_other_side_unloaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(2);
        auto i = co_await s.get<Item>(1);
        co_await i->orders.load();
        i->orders.append(o);
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("uow.m2m.add_and_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        auto i = co_await s.get<Item>(3);
        co_await o->items.load();
        o->items.append(i);
        co_await s.delete_(o);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.m2m.remove_readd", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        const auto items = co_await o->items.load();
        o->items.remove(items[0]);
        o->items.append(items[0]);
        co_await s.commit();
    });
    registry.add("uow.m2m.duplicate", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(2);
        auto i = co_await s.get<Item>(3);
        co_await o->items.load();
        o->items.append(i);
        x.out("n", o->items.size());
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.m2m.swap", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o1 = co_await s.get<Order>(1);
        auto o2 = co_await s.get<Order>(2);
        const auto second = co_await o2->items.load();
        const auto first = co_await o1->items.load();
        o1->items = second;
        o2->items = first;
        co_await s.commit();
    });
    registry.add("uow.m2m.both_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        const auto items = co_await o->items.load();
        for (const auto& i : items) co_await s.delete_(i);
        co_await s.delete_(o);
        co_await x.expect("flush", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
    });
    registry.with(shop);
    registry.add("uow.m2m.new_both_ends_no_ids", [](Scenario& x) -> Task {
        auto o1 = az::make<Order>(col<&Order::description> = "a");
        auto o2 = az::make<Order>(col<&Order::description> = "b");
        auto i = az::make<Item>(col<&Item::description> = "i");
        o1->items.append(i);
        i->orders.append(o2);
        x.session().add(o1);
        co_await x.session().commit();
        co_await o1->items.load();
        co_await o2->items.load();
        co_await i->orders.load();
        x.out("n", std::vector{o1->items.size(), o2->items.size(), i->orders.size()});
    });
    registry.with(
        &map_all<Record, Note, Tag>,
        {"INSERT INTO records VALUES (1, 'r')", "INSERT INTO notes VALUES (1, 1, 'a', 'x'), (2, 1, 'b', 'y')", "INSERT INTO tags VALUES (1, 't')",
         "INSERT INTO record_tags VALUES (1, 1)"});
    registry.add("uow.m2m.set_remove_all", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->tags.load();
        r->tags.clear();
        co_await s.commit();
    });
    registry.add("uow.m2m.set_replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->tags.load();
        r->tags = std::vector{az::make<Tag>(col<&Tag::id> = 2, col<&Tag::name> = "u")};
        co_await s.commit();
        const auto tags = co_await r->tags.load();
        x.out("tags", ids(tags));
    });
    registry.add("uow.m2m.delete_tag_one_directional", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Tag>(1);
        co_await s.delete_(t);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
}

std::shared_ptr<Node> node(std::int64_t id, const char* name) { return az::make<Node>(col<&Node::id> = id, col<&Node::name> = name); }
std::shared_ptr<Node> node(const char* name) { return az::make<Node>(col<&Node::name> = name); }

void add_trees(ScenarioRegistry& registry) {
    registry.with(&map_all<Node>);
    registry.add("uow.selfref.insert_by_parent", [](Scenario& x) -> Task {
        auto a = node(2, "a");
        a->parent = node(1, "root");
        auto a1 = node(3, "a1");
        a1->parent = a;
        x.session().add(a1);
        co_await x.session().commit();
    });
    registry.add("uow.selfref.insert_no_ids", [](Scenario& x) -> Task {
        auto a = node("a");
        a->children.append(node("a1"));
        a->children.append(node("a2"));
        auto root = node("root");
        root->children.append(a);
        root->children.append(node("b"));
        x.session().add(root);
        co_await x.session().commit();
        const auto id = co_await root->id.load();
        const auto children = co_await root->children.load();
        std::vector all{id};
        for (const auto& c : children) all.push_back(*c->id);
        x.out("ids", all);
    });
    registry.add("uow.selfref.cycle_of_two", [](Scenario& x) -> Task {
        auto a = node(1, "a");
        auto b = node(2, "b");
        a->parent = b;
        b->parent = a;
        x.session().add(a);
        co_await x.expect("flush", [&]() -> Task { co_await x.session().flush(); });
        co_await x.session().rollback();
    });
    registry.with(&map_all<Node>, tree);
    registry.add("uow.selfref.swap_parent_child", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto root = co_await s.get<Node>(1);
        auto a = co_await s.get<Node>(2);
        a->parent = nullptr;
        root->parent = a;
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.selfref.delete_root", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto root = co_await s.get<Node>(1);
        co_await s.delete_(root);
        co_await s.commit();
    });
    registry.add("uow.selfref.delete_subtree", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Node>(2);
        const auto children = co_await a->children.load();
        for (const auto& c : children) co_await s.delete_(c);
        co_await s.delete_(a);
        co_await s.commit();
    });
    registry.add("uow.selfref.delete_parent_move_children", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Node>(2);
        auto b = co_await s.get<Node>(3);
        auto children = co_await a->children.load();
        for (const auto& c : children) c->parent = b;
        co_await s.delete_(a);
        co_await s.commit();
        children = co_await b->children.load();
        x.out("ids", ids(children));
    });
    registry.add("uow.selfref.to_root", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Node>(2);
        a->parent = nullptr;
        co_await s.commit();
    });
    registry.add("uow.selfref.move_by_collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Node>(2);
        auto b = co_await s.get<Node>(3);
        const auto children = co_await a->children.load();
        co_await b->children.load();
        b->children.append(children[0]);
        x.out("a", ids(a->children));
        co_await s.commit();
    });
    registry.add("uow.selfref.new_between", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto root = co_await s.get<Node>(1);
        auto a = co_await s.get<Node>(2);
        auto n = node(9, "n");
        n->parent = root;
        a->parent = n;
        s.add(n);
        co_await s.commit();
    });
}

void add_association_objects(ScenarioRegistry& registry) {
    registry.with(school, students);
    registry.add("uow.assoc.update_grade", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        const auto enrollments = co_await st->enrollments.load();
        enrollments[0]->grade = "C";
        co_await s.commit();
    });
    registry.add("uow.assoc.delete_course", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Course>(1);
        co_await s.delete_(c);
        co_await s.commit();
    });
    registry.add("uow.assoc.move_to_other_student", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Student>(1);
        auto b = co_await s.get<Student>(2);
        const auto enrollments = co_await a->enrollments.load();
        co_await b->enrollments.load();
        a->enrollments.remove(enrollments[0]);
        b->enrollments.append(enrollments[0]);
        co_await s.commit();
    });
    registry.add("uow.assoc.replace_course", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        const auto enrollments = co_await st->enrollments.load();
        enrollments[0]->course = az::make<Course>(col<&Course::id> = 3, col<&Course::title> = "bio");
        co_await s.commit();
    });
    registry.add("uow.assoc.remove_and_new_same_key", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        auto c = co_await s.get<Course>(1);
        const auto enrollments = co_await st->enrollments.load();
        st->enrollments.remove(enrollments[0]);
        auto e = az::make<Enrollment>(col<&Enrollment::grade> = "D");
        e->course = c;
        st->enrollments.append(e);
        co_await s.commit();
    });
    registry.add("uow.assoc.no_course", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        co_await st->enrollments.load();
        st->enrollments.append(az::make<Enrollment>(col<&Enrollment::grade> = "D"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.assoc.no_student", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Course>(1);
        co_await c->enrollments.load();
        c->enrollments.append(az::make<Enrollment>(col<&Enrollment::grade> = "D"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.assoc.proxy_remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        auto c = co_await s.get<Course>(1);
        const auto enrollments = co_await st->enrollments.load();
        co_await enrollments[0]->course.load();
        az::association_proxy<&Student::enrollments, &Enrollment::course>(*st).remove(c);
        co_await s.commit();
    });
}

void add_one_to_one(ScenarioRegistry& registry) {
    using namespace one_to_one;
    registry.with(&map_all<Person, Passport, Locker>);
    registry.add("uow.o2o.insert", [](Scenario& x) -> Task {
        auto p = az::make<Person>(col<&Person::name> = "p");
        p->passport = az::make<Passport>(col<&Passport::number> = "N");
        p->locker = az::make<Locker>(col<&Locker::code> = "L");
        x.session().add(p);
        co_await x.session().commit();
    });
    registry.with(
        &map_all<Person, Passport, Locker>, {"INSERT INTO persons VALUES (1, 'p'), (2, 'q')", "INSERT INTO passports VALUES (1, 1, 'N1')",
                                             "INSERT INTO lockers VALUES (1, 1, 'L1')"});
    registry.add("uow.o2o.replace_orphan", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        co_await p->passport.load();
        p->passport = az::make<Passport>(col<&Passport::id> = 2, col<&Passport::number> = "N2");
        co_await s.commit();
    });
    registry.add("uow.o2o.delete_parent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        co_await s.delete_(p);
        co_await s.commit();
    });
    registry.add("uow.o2o.steal_orphan", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Person>(1);
        auto p2 = co_await s.get<Person>(2);
        auto passport = co_await p1->passport.load();
        co_await p2->passport.load();
        p2->passport = passport;
        co_await s.commit();
        const auto owner = co_await passport->person_id.load();
        x.out("owner", value(owner));
    });
    registry.add("uow.o2o.reverse_side", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p2 = co_await s.get<Person>(2);
        auto l = co_await s.get<Locker>(1);
        co_await p2->locker.load(); // Python loads what the assignment replaces on the other side
        l->person = p2;
        co_await s.commit();
        l = co_await p2->locker.load();
        x.out("l", *l->id);
    });
    registry.add("uow.o2o.reverse_side_replaces", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Person>(1);
        auto l = az::make<Locker>(col<&Locker::id> = 5, col<&Locker::code> = "n");
        co_await p1->locker.load(); // as above
        l->person = p1;
        s.add(l);
        co_await s.commit();
        auto rows = co_await s.scalars(az::select<Locker>().where(col<&Locker::person_id> == 1).order_by(col<&Locker::id>));
        x.out("l", ids(rows.all()));
    });
    registry.add("uow.o2o.set_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        auto l = co_await p->locker.load();
        p->locker = l;
        co_await s.commit();
    });
}

void add_order(ScenarioRegistry& registry) {
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("uow.order.unique_delete_insert", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto m = co_await s.get<UniqueMember>(1);
        co_await s.delete_(m);
        s.add(az::make<UniqueMember>(col<&UniqueMember::id> = 2, col<&UniqueMember::name> = "x"));
        co_await x.expect("flush", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
    });
    registry.with(simple, things_abc);
    registry.add("uow.order.updates_sorted_by_pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Thing>(3);
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        c->name = "x";
        b->name = "y";
        a->name = "z";
        co_await s.commit();
    });
    registry.add("uow.order.deletes_sorted_by_pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Thing>(3);
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        co_await s.delete_(c);
        co_await s.delete_(a);
        co_await s.delete_(b);
        co_await s.commit();
    });
    {
        using namespace three_level;
        registry.with(
            &map_all<Continent, Country, City>,
            {"INSERT INTO continents VALUES (1, 'eu'), (2, 'asia')", "INSERT INTO countries VALUES (1, 1, 'fr'), (2, 1, 'it'), (3, 2, 'jp')",
             "INSERT INTO cities VALUES (1, 1, 'paris'), (2, 1, 'nice'), (3, 2, 'rome')"});
        registry.add("uow.order.delete_three_levels", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = co_await s.get<Continent>(1);
            co_await s.delete_(c);
            co_await s.commit();
        });
    }
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.order.parent_deleted_child_inserted", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p1 = co_await s.get<Parent>(1);
            co_await s.delete_(p1);
            auto n = az::make<Parent>(col<&Parent::id> = 5, col<&Parent::name> = "n");
            n->children.append(az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "c9"));
            s.add(n);
            co_await s.commit();
        });
    }
    registry.with(shop);
    registry.add("uow.order.two_flushes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto u = az::make<User>(col<&User::id> = 1, col<&User::name> = "u");
        s.add(u);
        co_await s.flush();
        co_await u->addresses.load();
        u->addresses.append(az::make<Address>(col<&Address::email_address> = "a"));
        co_await s.flush();
        u->addresses[0]->email_address = "b";
        u->name = "v";
        co_await s.commit();
    });
}

void add_rings(ScenarioRegistry& registry) {
    using namespace balls;
    registry.with(&map_all<Player, Ball>);
    registry.add("uow.cycle.insert_post_update", [](Scenario& x) -> Task {
        auto p = az::make<Player>(col<&Player::id> = 1, col<&Player::name> = "p");
        p->balls.append(az::make<Ball>(col<&Ball::id> = 1, col<&Ball::color> = "red"));
        p->balls.append(az::make<Ball>(col<&Ball::id> = 2, col<&Ball::color> = "blue"));
        p->favorite = p->balls[1];
        x.session().add(p);
        co_await x.session().commit();
    });
    registry.add("uow.cycle.insert_no_ids", [](Scenario& x) -> Task {
        auto p = az::make<Player>(col<&Player::name> = "p");
        auto b = az::make<Ball>(col<&Ball::color> = "red");
        p->balls.append(b);
        p->favorite = b;
        x.session().add(p);
        co_await x.session().commit();
        const auto id = co_await p->favorite_ball_id.load();
        x.out("fav", value(id));
    });
    registry.add("uow.cycle.two_players", [](Scenario& x) -> Task {
        auto a = az::make<Player>(col<&Player::id> = 1, col<&Player::name> = "a");
        auto b = az::make<Player>(col<&Player::id> = 2, col<&Player::name> = "b");
        auto first = az::make<Ball>(col<&Ball::id> = 1, col<&Ball::color> = "x");
        auto second = az::make<Ball>(col<&Ball::id> = 2, col<&Ball::color> = "y");
        first->player = a;
        second->player = b;
        a->favorite = second;
        b->favorite = first;
        x.session().add_all(a, b);
        x.session().add_all(first, second);
        co_await x.session().commit();
    });
    registry.with(
        &map_all<Player, Ball>,
        {"PRAGMA defer_foreign_keys = ON", "INSERT INTO players VALUES (1, 'p', 1)", "INSERT INTO balls VALUES (1, 1, 'red'), (2, 1, 'blue')"});
    registry.add("uow.cycle.delete_player", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        co_await s.delete_(p);
        co_await s.commit();
    });
    registry.add("uow.cycle.delete_both", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        const auto all = co_await p->balls.load();
        for (const auto& b : all) co_await s.delete_(b);
        co_await s.delete_(p);
        co_await s.commit();
    });
    registry.add("uow.cycle.delete_favorite", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        auto b = co_await p->favorite.load();
        p->favorite = nullptr;
        co_await s.delete_(b);
        co_await s.commit();
    });
    registry.add("uow.cycle.set_none", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        p->favorite = nullptr;
        co_await s.commit();
    });
}

void add_unbroken_rings(ScenarioRegistry& registry) {
    using namespace balls_cycle;
    registry.with(&map_all<Player, Ball>);
    registry.add("uow.cycle.error", [](Scenario& x) -> Task {
        auto b = az::make<Ball>(col<&Ball::id> = 1, col<&Ball::color> = "red");
        auto p = az::make<Player>(col<&Player::id> = 1, col<&Player::name> = "p");
        p->balls.append(b);
        p->favorite = b;
        x.session().add(p);
        co_await x.expect("flush", [&]() -> Task { co_await x.session().flush(); });
        co_await x.session().rollback();
    });
    registry.add("uow.cycle.no_ring_in_data", [](Scenario& x) -> Task {
        auto p = az::make<Player>(col<&Player::id> = 1, col<&Player::name> = "p");
        p->balls.append(az::make<Ball>(col<&Ball::id> = 1, col<&Ball::color> = "red"));
        p->favorite = az::make<Ball>(col<&Ball::id> = 2, col<&Ball::color> = "blue");
        x.session().add(p);
        co_await x.session().commit();
    });
}

} // namespace

void add_neighbour_pattern_scenarios(ScenarioRegistry& registry) {
    add_many_to_many(registry);
    add_trees(registry);
    add_association_objects(registry);
    add_one_to_one(registry);
    add_order(registry);
    add_rings(registry);
    add_unbroken_rings(registry);
}

} // namespace golden
