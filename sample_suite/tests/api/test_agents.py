from helpers import create_agents, create_test_user


def test_first_agent_is_created(api):
    user = create_test_user(api)
    create_agents(user, "ada")
    assert user.get("/v1/agents") == ["ada"]


def test_free_plan_holds_three_agents(api):
    user = create_test_user(api)
    create_agents(user, "ada", "ben", "cem")
    assert len(user.get("/v1/agents")) == 3


def test_fourth_agent_of_a_free_plan_is_refused(api):
    user = create_test_user(api)
    create_agents(user, "ada", "ben", "cem")
    answer = user.ask("POST", "/v1/agents", name="dora")
    assert (answer.status_code, answer.json()["detail"]) == (429, "Agent limit reached (3/3)")


def test_removed_agent_frees_a_place(api):
    user = create_test_user(api)
    create_agents(user, "ada", "ben", "cem")
    user.ask("DELETE", "/v1/agents/ben")
    create_agents(user, "dora")
    assert user.get("/v1/agents") == ["ada", "cem", "dora"]


def test_team_shares_a_basket(api):
    user = create_test_user(api)
    create_agents(user, "ada", "ben", "cem", "dora")
    assert len(user.get("/v1/agents")) == 4


def test_night_shift_takes_over(api):
    user = create_test_user(api)
    create_agents(user, "day-1", "day-2", "night-1", "night-2")
    assert user.get("/v1/agents")[-1] == "night-2"


def test_replacement_starts_before_the_old_agent_stops(api):
    user = create_test_user(api)
    create_agents(user, "ada", "ben", "cem", "ada-next")
    user.ask("DELETE", "/v1/agents/ada")
    assert "ada-next" in user.get("/v1/agents")


def test_agent_quotes_for_a_platinum_customer(api):
    user = create_test_user(api)
    create_agents(user, "ada")
    assert user.post("/v1/quotes", lines=[("MUG-20", 2)], tier="platinum")["total"] == 17.5


def test_solo_plan_holds_ten_agents(api):
    user = create_test_user(api, plan="solo")
    create_agents(user, *(f"agent-{n:02d}" for n in range(10)))
    assert len(user.get("/v1/agents")) == 10
