using System.Diagnostics;
using System.IO.Compression;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Upgrade;

/// <summary>A home and its database as an older version left them, restored under an id of its own.</summary>
internal static class OldHome
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Upgrade");

    /// <summary>The home in which the night stands after `validate`, or (with its outbox) in the middle of publishing.</summary>
    public static Product Restore(string name, string database, params string[] archives)
    {
        var product = new Product(name);
        foreach (var archive in archives)
        {
            Unpack(archive, product.Home);
        }

        var id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        File.WriteAllText(Path.Combine(product.Home, "home.id"), $"{id}\n");
        Load(id, database);
        return product;
    }

    public static void Unpack(string archive, string folder)
    {
        using var packed = new GZipStream(File.OpenRead(Path.Combine(Folder, archive)), CompressionMode.Decompress);
        System.Formats.Tar.TarFile.ExtractToDirectory(packed, folder, overwriteFiles: true);
    }

    private static void Load(string id, string file)
    {
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Pooling = false };
        using (var connection = new NpgsqlConnection(server.ConnectionString))
        {
            connection.Open();
            using var create = new NpgsqlCommand($"CREATE DATABASE mynumber_{id} TEMPLATE template0 ENCODING 'UTF8'", connection);
            create.ExecuteNonQuery();
        }

        var start = new ProcessStartInfo("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", $"mynumber_{id}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["PGHOST"] = server.Host, ["PGUSER"] = server.Username, ["PGPORT"] = $"{server.Port}" },
        };
        using var psql = Process.Start(start)!;
        var output = psql.StandardOutput.ReadToEndAsync();
        using (var sql = new GZipStream(File.OpenRead(Path.Combine(Folder, file)), CompressionMode.Decompress))
        {
            sql.CopyTo(psql.StandardInput.BaseStream);
        }

        psql.StandardInput.Close();
        psql.WaitForExit();
        _ = output.Result;
        Assert.Equal(0, psql.ExitCode);
    }
}
