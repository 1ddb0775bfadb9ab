using System.Net;
using System.Text.Json;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Data;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Tests.WorkOrders;

public sealed class OrderLoopTests : DashboardTest
{
    [Fact]
    public async Task Dirty_streets_become_orders_up_to_the_days_capacity_and_no_more()
    {
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        for (var i = 0; i < 10; i++)
        {
            MakeDirty(i);
        }

        var orders = await OrdersAsync(dispatcher, count: 4);
        orders.Select(order => order.GetProperty("crewId").GetString()!).CountBy(crew => crew).ShouldAllBe(crew => crew.Value == 2);
        var candidates = await Eventually.GetAsync("the rest stay candidates", async () =>
        {
            var answer = await dispatcher.GetJsonAsync("/api/candidates");
            return answer.GetProperty("candidates").GetArrayLength() == 6 ? (object)answer : null;
        });
        var first = ((JsonElement)candidates).GetProperty("candidates")[0];
        first.GetProperty("rank").GetInt32().ShouldBe(1);
        first.GetProperty("reason").GetString()!.ShouldContain("likely dirty");
        (await OrdersAsync(dispatcher, 4)).Count.ShouldBe(4, "never a flood");

        (await dispatcher.SendJsonAsync(HttpMethod.Put, "/api/plan", new { capacity = 5 })).Status.ShouldBe(HttpStatusCode.OK);
        await OrdersAsync(dispatcher, 5);
    }

    [Fact]
    public async Task Whole_loop_from_dirty_street_to_verified_clean_street()
    {
        await City.ListenToFactsAsync();
        using var crew = await Dashboard.LogInWithStreetsAsync("crew-1");
        using var stream = await EventStream.OpenAsync(crew);
        MakeDirty(3);
        MakeDirty(4);

        var order = (await stream.NextAsync("orders")).Data.GetProperty("orders")[0];
        var (id, segment) = (order.GetProperty("orderId").GetString()!, order.GetProperty("segmentId").GetString()!);
        order.GetProperty("actions").EnumerateArray().Select(action => action.GetString()).ShouldBe(["accept"]);
        order.GetProperty("letterThen").GetString().ShouldBe("E");

        // The crew did it an hour ago, without reception; its phone sends everything now.
        await ReportAsync(crew, id, new { kind = "accept" });
        await ReportAsync(crew, id, new { kind = "start" });
        var done = await ReportAsync(crew, id, new { kind = "end", outcome = "collected", note = "three bags" });
        (done.GetProperty("state").GetString(), done.GetProperty("note").GetString()).ShouldBe(("done", "three bags"));
        await Eventually.TrueAsync("ingest hears the claim", () => City.Facts.Any(fact => fact.Kind == FactKind.CleaningClaimed));
        City.Facts.Single().SegmentId.Value.ShouldBe(segment);
        City.Facts.Single().OrderId!.Value.Value.ShouldBe(id);

        // Another truck passes well after the margin: in the time of trucks, that is in two minutes.
        var passedAt = done.GetProperty("doneAt").GetDateTimeOffset().AddMinutes(2);
        See(segment, Grade.APlus, passedAt, "truck-2");
        var verified = await StateAsync(crew, id, "verified");
        verified.GetProperty("verifiedBy").GetString().ShouldBe("truck-2");
        verified.GetProperty("events").EnumerateArray().Select(step => step.GetProperty("kind").GetString()).ShouldBe(["opened", "accepted", "started", "ended", "verified"]);
        await Eventually.TrueAsync("ingest hears the verification", () => City.Facts.Any(fact => fact.Kind == FactKind.CleaningVerified));
        City.Facts.Single(fact => fact.Kind == FactKind.CleaningVerified).At.ShouldBe(passedAt);
    }

    [Fact]
    public async Task Done_is_not_verified_by_the_truck_that_raised_it_and_dirt_seen_again_reopens()
    {
        using var crew = await Dashboard.LogInWithStreetsAsync("crew-1");
        var id = await OpenOneAsync(crew);
        await ReportAsync(crew, id, new { kind = "accept" });
        await ReportAsync(crew, id, new { kind = "start" });
        var done = await ReportAsync(crew, id, new { kind = "end", outcome = "collected" });
        var segment = done.GetProperty("segmentId").GetString()!;
        var doneAt = done.GetProperty("doneAt").GetDateTimeOffset();

        See(segment, Grade.APlus, doneAt.AddMinutes(2), "truck-1"); // The one that raised it.
        See(segment, Grade.D, doneAt.AddMinutes(3), "truck-3");
        var reopened = await StateAsync(crew, id, "open");
        reopened.GetProperty("timesReopened").GetInt32().ShouldBe(1);
        reopened.GetProperty("events").EnumerateArray().Last().GetProperty("text").GetString().ShouldBe("Reopened: truck-3 still saw dirt.");
    }

    [Fact]
    public async Task Same_event_sent_twice_does_nothing_twice()
    {
        using var crew = await Dashboard.LogInWithStreetsAsync("crew-1");
        var id = await OpenOneAsync(crew);
        var path = $"/api/work-orders/{id}/events/{Guid.NewGuid()}";
        var first = await crew.SendJsonAsync(HttpMethod.Put, path, new { kind = "accept" });
        var second = await crew.SendJsonAsync(HttpMethod.Put, path, new { kind = "accept" });
        (first.Status, second.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        (await crew.GetJsonAsync($"/api/work-orders/{id}")).GetProperty("events").GetArrayLength().ShouldBe(2);

        var reused = await crew.SendJsonAsync(HttpMethod.Put, path, new { kind = "start" });
        (reused.Status, reused.Body.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "event_id_reused"));
    }

    [Fact]
    public async Task Event_id_of_another_order_is_refused()
    {
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        MakeDirty(1);
        MakeDirty(2);
        var orders = await OrdersAsync(dispatcher, 2);
        var uuid = Guid.NewGuid();
        (await dispatcher.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{orders[0].GetProperty("orderId")}/events/{uuid}", new { kind = "accept" })).Status.ShouldBe(HttpStatusCode.OK);
        var second = await dispatcher.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{orders[1].GetProperty("orderId")}/events/{uuid}", new { kind = "accept" });
        (second.Status, second.Body.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "event_id_reused"));
        second.Body.GetProperty("order").GetProperty("state").GetString().ShouldBe("open");
    }

    [Fact]
    public async Task Impossible_steps_are_refused_with_a_sentence_and_change_nothing()
    {
        using var crew = await Dashboard.LogInWithStreetsAsync("crew-1");
        var id = await OpenOneAsync(crew);
        foreach (var (body, code) in new (object, string)[]
        {
            (new { kind = "start" }, "not_in_this_state"),
            (new { kind = "end", outcome = "collected" }, "not_in_this_state"),
            (new { kind = "cancel" }, "not_in_this_role"),
            (new { kind = "accept", outcome = "collected" }, "outcome_unexpected"),
        })
        {
            var answer = await crew.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{id}/events/{Guid.NewGuid()}", body);
            (answer.Status, answer.Body.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, code));
            answer.Body.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        }

        (await crew.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{id}/events/{Guid.NewGuid()}", new { kind = "explode" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await crew.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{id}/events/{Guid.NewGuid()}", new { kind = "end", outcome = 1 })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await crew.GetJsonAsync($"/api/work-orders/{id}")).GetProperty("events").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Crew_neither_sees_nor_touches_another_crews_order_and_hears_when_one_is_taken_away()
    {
        using var one = await Dashboard.LogInWithStreetsAsync("crew-1");
        using var two = await Dashboard.LogInAsync("crew-2");
        using var dispatcher = await Dashboard.LogInAsync("dispatcher");
        using var stream = await EventStream.OpenAsync(one);
        var id = await OpenOneAsync(one);

        using (var hidden = await two.GetAsync($"/api/work-orders/{id}"))
        {
            hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await two.GetJsonAsync("/api/work-orders")).GetProperty("orders").EnumerateArray().ShouldAllBe(order => order.GetProperty("crewId").GetString() == "crew-2");
        var taken = await two.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{id}/events/{Guid.NewGuid()}", new { kind = "accept" });
        (taken.Status, taken.Body.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "another_crews"));
        taken.Body.TryGetProperty("order", out var leaked).ShouldBeFalse($"{leaked}");

        await ReportAsync(dispatcher, id, new { kind = "assign", crewId = "crew-2" });
        await stream.NextAsync("orders", data => data.GetProperty("orders").EnumerateArray().Any(order =>
            order.GetProperty("orderId").GetString() == id && order.TryGetProperty("gone", out _)));
        (await two.GetJsonAsync($"/api/work-orders/{id}")).GetProperty("actions")[0].GetString().ShouldBe("accept");
    }

    [Fact]
    public async Task Dispatcher_opens_one_order_a_street_by_hand()
    {
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        var made = await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/work-orders", new { segmentId = "s-9", crewId = "crew-2", note = "Mattress by the school" });
        made.Status.ShouldBe(HttpStatusCode.Created);
        (made.Body.GetProperty("reason").GetString(), made.Body.GetProperty("crewId").GetString()).ShouldBe(("Mattress by the school", "crew-2"));
        made.Body.GetProperty("actions").EnumerateArray().Select(action => action.GetString()).ShouldBe(["accept", "cancel", "assign"]);

        var again = await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/work-orders", new { segmentId = "s-9" });
        (again.Status, again.Body.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "order_open"));
        (await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/work-orders", new { segmentId = "s-8", crewId = "crew-77" })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Restart_keeps_orders_and_sends_the_facts_that_waited()
    {
        using (var crew = await Dashboard.LogInWithStreetsAsync("crew-1"))
        {
            var id = await OpenOneAsync(crew);
            await City.StopBrokerAsync();
            await ReportAsync(crew, id, new { kind = "accept" });
            await ReportAsync(crew, id, new { kind = "end", outcome = "gone_on_arrival" });
        }

        await Dashboard.DisposeAsync();
        await City.StartBrokerAsync();
        await City.ListenToFactsAsync();
        Dashboard = await RunningDashboard.StartAsync(City, Folder.Path);

        using var dispatcher = await Dashboard.LogInAsync("dispatcher");
        var order = (await OrdersAsync(dispatcher, 1, "done"))[0];
        order.GetProperty("outcome").GetString().ShouldBe("gone_on_arrival");
        await Eventually.TrueAsync("the fact that waited arrives", () => !City.Facts.IsEmpty);
        await Eventually.GetAsync("nothing waits", async () => (await dispatcher.GetJsonAsync("/api/health")).GetProperty("factsWaiting").GetInt64() == 0 ? "yes" : null);
    }

    [Fact]
    public async Task Order_on_a_street_that_the_network_no_longer_has_is_cancelled_and_gives_its_room_back()
    {
        using (var before = await Dashboard.LogInWithStreetsAsync("dispatcher"))
        {
            MakeDirty(5);
            MakeDirty(11);
            await OrdersAsync(before, 2);
        }

        await Dashboard.DisposeAsync();
        (City.StreetCount, City.NetworkVersion) = (10, "fedcba543210");
        Dashboard = await RunningDashboard.StartAsync(City, Folder.Path);

        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        var cancelled = (await OrdersAsync(dispatcher, 1, "cancelled"))[0];
        cancelled.GetProperty("segmentId").GetString().ShouldBe(Streets.Id(11));
        cancelled.GetProperty("note").GetString()!.ShouldContain("no longer part");
        (await OrdersAsync(dispatcher, 1, "open"))[0].GetProperty("segmentId").GetString().ShouldBe(Streets.Id(5));
    }

    [Fact]
    public async Task No_order_is_opened_while_ingest_cannot_say_whose_pass_it_was()
    {
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        City.Answers = false;
        MakeDirty(2);
        await Eventually.GetAsync("the street is a candidate", async () =>
            (await dispatcher.GetJsonAsync("/api/candidates")).GetProperty("candidates").GetArrayLength() == 1 ? "yes" : null);
        (await dispatcher.GetJsonAsync("/api/work-orders")).GetProperty("orders").GetArrayLength().ShouldBe(0);
        City.Answers = true;
        await OrdersAsync(dispatcher, 1);
    }

    [Fact]
    public async Task Verdict_on_a_find_becomes_one_fact_however_often_the_button_is_pressed()
    {
        await City.ListenToFactsAsync();
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        (await dispatcher.GetJsonAsync("/api/confirmations")).GetProperty("confirmations")[0].GetProperty("segmentName").GetString().ShouldBe("1 Street");
        for (var i = 0; i < 3; i++)
        {
            (await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/confirmations/d-1", new { segmentId = "s-1", verdict = "confirmed" })).Status.ShouldBe(HttpStatusCode.Accepted);
        }

        (await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/confirmations/d-2", new { segmentId = "s-2", verdict = "refused" })).Status.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync("both verdicts arrive", () => City.Facts.Count >= 2);
        City.Facts.Select(fact => (fact.Kind, fact.DetectionId)).ShouldBe([(FactKind.DetectionConfirmed, "d-1"), (FactKind.DetectionRefused, "d-2")]);
    }

    [Fact]
    public async Task Truck_sent_for_an_order_is_a_fact_that_ingest_hears_once()
    {
        await City.ListenToFactsAsync();
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        var opened = await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/work-orders", new { segmentId = "s-4" });
        var order = opened.Body.GetProperty("orderId").GetString();
        var path = $"/api/work-orders/{order}/trucks/{Guid.NewGuid()}";
        for (var i = 0; i < 2; i++)
        {
            (await dispatcher.SendJsonAsync(HttpMethod.Put, path, new { truckId = "truck-9" })).Status.ShouldBe(HttpStatusCode.Accepted);
        }

        (await dispatcher.SendJsonAsync(HttpMethod.Put, path, new { truckId = "truck 9" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        await Eventually.TrueAsync("ingest hears of it", () => !City.Facts.IsEmpty);
        var fact = City.Facts.Single();
        (fact.Kind, fact.SegmentId.Value, fact.TruckId?.Value, fact.OrderId?.Value).ShouldBe((FactKind.TruckSent, "s-4", "truck-9", order));
    }

    [Fact]
    public async Task Events_cannot_be_changed_or_removed_even_by_hand()
    {
        using var dispatcher = await Dashboard.LogInWithStreetsAsync("dispatcher");
        (await dispatcher.SendJsonAsync(HttpMethod.Post, "/api/work-orders", new { segmentId = "s-1" })).Status.ShouldBe(HttpStatusCode.Created);
        await using var connection = new SqliteConnection($"Data Source={Folder.Combine("dashboard.sqlite")};Pooling=False");
        connection.Open();
        Should.Throw<SqliteException>(() => connection.Run("DELETE FROM order_events")).Message.ShouldContain("append-only");
        Should.Throw<SqliteException>(() => connection.Run("UPDATE order_events SET body = ''")).Message.ShouldContain("append-only");
    }

    private void MakeDirty(int index) => See(Streets.Id(index), Grade.D, DateTimeOffset.UtcNow.AddMinutes(-5), "truck-1");

    // As ingest does: a pass in the store, and the score that follows from it.
    private void See(string segment, Grade grade, DateTimeOffset at, string truck)
    {
        City.Passes.AddOrUpdate(segment, _ => [Streets.Pass(truck, at, grade)], (_, passes) => [.. passes, Streets.Pass(truck, at, grade)]);
        City.Publish(Streets.Score(int.Parse(segment[2..]), grade, at.AddSeconds(10)));
    }

    private async Task<string> OpenOneAsync(HttpClient crew)
    {
        MakeDirty(5);
        MakeDirty(6);
        return await Eventually.GetAsync("the crew gets an order", async () =>
        {
            var orders = (await crew.GetJsonAsync("/api/work-orders")).GetProperty("orders");
            return orders.GetArrayLength() == 1 ? orders[0].GetProperty("orderId").GetString() : null;
        });
    }

    private static async Task<JsonElement> ReportAsync(HttpClient browser, string order, object body)
    {
        var answer = await browser.SendJsonAsync(HttpMethod.Put, $"/api/work-orders/{order}/events/{Guid.NewGuid()}", body);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body.ToString());
        return answer.Body;
    }

    private static async Task<JsonElement> StateAsync(HttpClient browser, string order, string state)
    {
        JsonElement found = default;
        await Eventually.GetAsync($"order {order} becomes {state}", async () =>
        {
            found = await browser.GetJsonAsync($"/api/work-orders/{order}");
            return found.GetProperty("state").GetString() == state ? "yes" : null;
        });
        return found;
    }

    private static async Task<List<JsonElement>> OrdersAsync(HttpClient browser, int count, string state = "open") =>
        await Eventually.GetAsync($"{count} orders are {state}", async () =>
        {
            var orders = (await browser.GetJsonAsync($"/api/work-orders?state={state}")).GetProperty("orders").EnumerateArray().ToList();
            return orders.Count == count ? orders : null;
        });
}
