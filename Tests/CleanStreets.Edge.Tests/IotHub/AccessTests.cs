using System.Text;
using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.Run;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.IotHub;

public sealed class AccessTests : IDisposable
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a device key of 32 bytes, perhaps");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Token_and_derived_key_are_what_openssl_makes_of_the_same()
    {
        SharedAccessSignature.Create("city.azure-devices.net/devices/truck-1", Key, DateTimeOffset.FromUnixTimeSeconds(1_764_147_600))
            .ShouldBe("SharedAccessSignature sr=city.azure-devices.net%2Fdevices%2Ftruck-1&sig=5iPwXQB%2F5hmZGR3TNGeTItQx4ClFWrlCqLMF2UxOO9E%3D&se=1764147600");
        Convert.ToBase64String(SharedAccessSignature.DeriveDeviceKey(Key, "truck-1")).ShouldBe("Wdr05LO9R/dbRE3dwPk4x0OEfCmIrkiRKuy3iop60Lw=");
    }

    [Fact]
    public void Connection_string_is_read_whatever_its_order_and_never_shown_with_its_key()
    {
        var read = ConnectionString.Parse("SharedAccessKey=YSBkZXZpY2Uga2V5IG9mIDMyIGJ5dGVzLCBwZXJoYXBz;DeviceId=Truck-1;HostName=City.Azure-Devices.net\n");
        read.Identity.ShouldBe(new HubIdentity("city.azure-devices.net", "Truck-1"), "the host lower case, the device as it was registered");
        read.Key.ShouldBe(Key);
        read.ToString().ShouldNotContain("YSBk");
        ConnectionString.Parse("HostName=h;DeviceId=d;x509=true").Key.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "HostName or DeviceId is missing")]
    [InlineData("HostName=h;DeviceId=d", "either SharedAccessKey or x509=true")]
    [InlineData("HostName=h;DeviceId=d;x509=true;SharedAccessKey=AAAA", "either SharedAccessKey or x509=true")]
    [InlineData("HostName=h;DeviceId=d;SharedAccessKey=secret!", "the key is not base64")]
    [InlineData("HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=AAAA", "'SharedAccessKeyName' is not taken")]
    [InlineData("HostName=h;HostName=i;DeviceId=d", "each once")]
    [InlineData("nonsense", "NAME=VALUE")]
    public void Wrong_connection_string_is_refused_in_words_without_its_key(string text, string expected)
    {
        var message = Should.Throw<FormatException>(() => ConnectionString.Parse(text)).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("secret");
    }

    [Fact]
    public void Bag_is_percent_encoded_and_knows_absent_from_empty()
    {
        PropertyBag.Write(("$.ct", "application/json"), ("a", "1&2=3 ü")).ShouldBe("$.ct=application%2Fjson&a=1%262%3D3%20%C3%BC");
        var read = PropertyBag.Read("?$rid=0xA&empty=&absent&a=1%262");
        (read["$rid"], read["empty"], read["absent"], read["a"]).ShouldBe(("0xA", "", null, "1&2"));
    }

    [Theory]
    [InlineData("\"connectionStringFile\":\"FILE\"", "HostName=h;DeviceId=other;SharedAccessKey=AAAA", "register the device under the truck's id")]
    [InlineData("\"connectionStringFile\":\"FILE\"", "HostName=h;DeviceId=truck-1", "either SharedAccessKey or x509=true")]
    [InlineData("\"connectionStringFile\":\"FILE\"", "HostName=h;DeviceId=truck-1;x509=true", "certificateFile goes with x509=true")]
    [InlineData("\"connectionStringFile\":\"/none\"", "", "'/none' is not there")]
    [InlineData("\"port\":1", "", "either connectionStringFile or provisioning")]
    [InlineData("\"connectionStringFile\":\"FILE\",\"stored\":\"sometimes\",\"tokenSeconds\":1", "HostName=h;DeviceId=truck-1;SharedAccessKey=AAAA", "iotHub.stored 'sometimes'")]
    [InlineData("\"provisioning\":{\"idScope\":\"0ne/1\"}", "", "idScope")]
    [InlineData("\"provisioning\":{\"idScope\":\"0ne1\"}", "", "needs one of deviceKeyFile, groupKeyFile")]
    [InlineData("\"provisioning\":{\"idScope\":\"0ne1\",\"deviceKeyFile\":\"FILE\",\"groupKeyFile\":\"FILE\"}", "AAAA", "needs one of deviceKeyFile, groupKeyFile")]
    [InlineData("\"provisioning\":{\"idScope\":\"0ne1\",\"deviceKeyFile\":\"FILE\",\"colour\":1}", "AAAA", "colour")]
    public void Wrong_settings_of_a_hub_are_refused_with_the_name_of_what_is_wrong(string hub, string secret, string expected)
    {
        var file = _folder.Combine("secret");
        File.WriteAllText(file, secret + "\n");
        var path = _folder.Combine("edge.json");
        File.WriteAllText(path, $$"""{ "truckId": "truck-1", "iotHub": { {{hub.Replace("FILE", file, StringComparison.Ordinal)}} }, "position": { "source": "gpsd" } }""");
        Should.Throw<SettingsException>(() => EdgeSettingsFile.Read(path)).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"mqtt\":{\"host\":\"x\"},\"iotHub\":{\"provisioning\":{\"idScope\":\"0ne1\"}},")]
    public void Readings_go_one_way(string ways)
    {
        var path = _folder.Combine("edge.json");
        File.WriteAllText(path, $$"""{ "truckId": "truck-1", {{ways}} "position": { "source": "gpsd" } }""");
        Should.Throw<SettingsException>(() => EdgeSettingsFile.Read(path)).Message.ShouldContain("either mqtt or iotHub");
    }
}
