using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Testing;
using Microsoft.Extensions.Configuration;

namespace CleanStreets.Ingest.Tests.Store;

public sealed class StoreSetupTests
{
    [Fact]
    public void Stores_get_names_of_their_own()
    {
        StoreSetup.AddressesOf([]).Single().Name.ShouldBe("sqlite");
        var named = StoreSetup.AddressesOf(["influx=http://a:8086", "sqlite", "victoria=http://b:8428?db=x", "influx=https://c/p?org=o&bucket=b%20c"]);
        named.Select(store => store.Name).ShouldBe(["influx", "sqlite", "victoria", "influx2"]);
        named[2].Address.Database.ShouldBe("x");
        (named[3].Address.Organisation, named[3].Address.Bucket, named[3].Address.Base.ToString()).ShouldBe(("o", "b c", "https://c/p"));
    }

    [Theory]
    [InlineData("mysql=http://a", "names no store")]
    [InlineData("influx", "no http address")]
    [InlineData("influx=", "no http address")]
    [InlineData("influx=a:8086", "no http address")]
    [InlineData("influx=ftp://a", "no http address")]
    [InlineData("influx=http://user:secret@a:8086", "command line")]
    [InlineData("influx=http://a:8086?database=x", "database means nothing")]
    [InlineData("influx=http://a:8086?org=x", "bucket=")]
    [InlineData("influx=http://a:8086?db=a\"b", "quotes")]
    public async Task Store_that_cannot_be_gets_one_sentence_and_exit_code_2(string store, string says)
    {
        var refused = Should.Throw<UsageException>(() => StoreSetup.AddressesOf([store]));
        refused.Message.ShouldContain(says);
        refused.Message.ShouldNotContain("secret");
        if (says == "command line")
        {
            using var folder = new TemporaryFolder();
            await using var ingest = ProductProgram.Start(
                "Ingest/CleanStreets.Ingest", "run", "--data", folder.Combine("i"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--store", store);
            (await ingest.ExitAsync(Eventually.Patience)).ShouldBe(2, ingest.Output);
            ingest.Output.ShouldContain(says);
            ingest.Output.ShouldNotContain("secret");
        }
    }

    [Fact]
    public void Settings_name_stores_and_log_ins()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Ingest:Store:Use:0"] = "influx=http://a:8086",
            ["Ingest:Store:Use:1"] = "sqlite",
            ["Ingest:Store:Access:influx:TokenFile"] = "/run/secrets/influx",
            ["Ingest:Store:Sqlite:KeepPasses"] = "90.00:00:00",
        }).Build();
        var options = settings.GetSection(StoreOptions.Section).Get<StoreOptions>()!;
        options.Use.ShouldBe(["influx=http://a:8086", "sqlite"]);
        options.Access["INFLUX"].TokenFile.ShouldBe("/run/secrets/influx");
        options.Sqlite.KeepPasses.ShouldBe(TimeSpan.FromDays(90));
    }

    [Fact]
    public void Same_store_twice_is_refused() =>
        Should.Throw<UsageException>(() => StoreSetup.AddressesOf(["sqlite", "sqlite"])).Message.ShouldContain("twice");
}
