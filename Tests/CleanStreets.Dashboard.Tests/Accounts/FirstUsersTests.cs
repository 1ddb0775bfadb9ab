using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Data;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Accounts;

public sealed class FirstUsersTests
{
    [Fact]
    public void Fresh_folder_gets_one_admin_with_a_password_shown_once()
    {
        using var folder = new TemporaryFolder();
        using var database = DashboardDatabase.Open(folder.Path);
        var users = new UserStore(database, TimeProvider.System);

        var password = FirstUsers.Ensure(users, demo: false).ShouldNotBeNull();
        users.Verify("admin", password)!.Role.ShouldBe(Roles.Admin);
        users.Verify("dispatcher", "dispatcher").ShouldBeNull("demo users exist only when asked for");
        FirstUsers.Ensure(users, demo: false).ShouldBeNull("it is shown once");
    }

    [Fact]
    public void Demo_users_keep_a_changed_password()
    {
        using var folder = new TemporaryFolder();
        using var database = DashboardDatabase.Open(folder.Path);
        var users = new UserStore(database, TimeProvider.System);
        FirstUsers.Ensure(users, demo: true).ShouldBeNull();
        users.Put(new User("viewer", Roles.Viewer, null), "another one");
        FirstUsers.Ensure(users, demo: true);
        users.Verify("viewer", "viewer").ShouldBeNull();
        users.Verify("VIEWER", "another one").ShouldNotBeNull("names are not case sensitive");
    }

    [Theory]
    [InlineData("a b", Roles.Viewer, null)]
    [InlineData("ann", "king", null)]
    [InlineData("ann", Roles.Crew, null)]
    [InlineData("ann", Roles.Crew, "crew/1")]
    public void Impossible_users_are_refused_with_a_sentence(string name, string role, string? crew)
    {
        using var folder = new TemporaryFolder();
        using var database = DashboardDatabase.Open(folder.Path);
        Should.Throw<DashboardStartException>(() => new UserStore(database, TimeProvider.System).Put(new User(name, role, crew), "password"));
    }

    [Fact]
    public void Second_dashboard_on_one_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var database = DashboardDatabase.Open(folder.Path);
        Should.Throw<DashboardStartException>(() => DashboardDatabase.Open(folder.Path)).Message.ShouldContain("Another dashboard");
    }
}
