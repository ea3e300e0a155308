using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;

namespace MyNumber.Tests.Integration.Intake;

/// <summary>
/// What is no regular file, in every place of the inbox where a file belongs: the feed is refused with file and reason and
/// moved away as it is; nothing hangs, nothing behind a link is read, moved or deleted, and the feed beside it is taken.
/// </summary>
public sealed partial class HostileInboxTests
{
    private const string Row = "E1,1,front,a.tif,1,2026-11-24,form";

    public static TheoryData<string, string> Things => new()
    {
        { "pipe", "is-a-pipe" },
        { "link", "is-a-link" },
        { "socket", "is-a-socket" },
        { "device", "is-a-device" },
        { "large", "too-large" },
    };

    [Theory]
    [MemberData(nameof(Things))]
    public async Task An_image_that_is_no_regular_file_refuses_its_drop_and_no_other(string thing, string reason)
    {
        await using var home = await IntakeHome.CreateAsync();
        using var outside = new Outside();
        home.Scans("S1", [("a.tif", [1, 2, 3])], Row);
        home.Register("R1", IntakeHome.Resident("1", "12345678901"));
        outside.Put(thing, Path.Combine(home.Home.Inbox, "scans/S1/a.tif"));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("rejected", await home.ScalarAsync<string>("SELECT state FROM feed WHERE name = 'S1'"));
        Assert.Contains($"a.tif,0,,regular-file,{reason}\n", home.Rejected("scans/S1"), StringComparison.Ordinal);
        Assert.Equal("taken", await home.ScalarAsync<string>("SELECT state FROM feed WHERE name = 'R1'"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM scan"));
        Assert.False(Directory.Exists(Path.Combine(home.Home.Inbox, "scans/S1")));
        Assert.NotNull(GivenFile.KindOf(Path.Combine(home.Home.Inbox, "rejected/scans/S1/a.tif")));
        outside.AssertUntouched();
    }

    [Theory]
    [MemberData(nameof(Things))]
    public async Task A_marker_a_list_and_an_event_file_are_regular_files_too(string thing, string reason)
    {
        await using var home = await IntakeHome.CreateAsync();
        using var outside = new Outside();
        home.Scans("marker", [("a.tif", [1])], Row);
        outside.Put(thing, Path.Combine(home.Home.Inbox, "scans/marker/DONE"));
        home.Scans("list", [("a.tif", [1])], Row);
        outside.Put(thing, Path.Combine(home.Home.Inbox, "scans/list/manifest.csv"));
        home.OneFile("events", "data", IntakeHome.EventHeader);
        outside.Put(thing, Path.Combine(home.Home.Inbox, "events/data.csv"));
        home.OneFile("events", "mark", IntakeHome.EventHeader);
        outside.Put(thing, Path.Combine(home.Home.Inbox, "events/mark.done"));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal(4, await home.ScalarAsync<long>("SELECT count(*) FROM feed WHERE state = 'rejected'"));
        Assert.Contains(reason, home.Rejected("scans/marker"), StringComparison.Ordinal);
        Assert.Contains(reason, home.Rejected("scans/list"), StringComparison.Ordinal);
        Assert.Contains(reason, home.Rejected("events/data"), StringComparison.Ordinal);
        Assert.Contains(reason, home.Rejected("events/mark"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(home.Home.Inbox, "scans")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(home.Home.Inbox, "events")));
        outside.AssertUntouched();
    }

    [Fact]
    public async Task Links_that_lead_in_circles_and_links_to_folders_refuse_the_drop()
    {
        await using var home = await IntakeHome.CreateAsync();
        using var outside = new Outside();
        home.Scans("S1", [("a.tif", [1])], Row);
        var drop = Path.Combine(home.Home.Inbox, "scans/S1");
        File.CreateSymbolicLink(Path.Combine(drop, "a"), ".");
        File.CreateSymbolicLink(Path.Combine(drop, "b"), ".");
        File.CreateSymbolicLink(Path.Combine(drop, "c"), outside.Folder);
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal(
            "file,row,column,value_class,reason\na,0,,regular-file,is-a-link\na,0,,file,unlisted\nb,0,,regular-file,is-a-link\n"
            + "b,0,,file,unlisted\nc,0,,regular-file,is-a-link\nc,0,,file,unlisted\n",
            home.Rejected("scans/S1"));
        outside.AssertUntouched();

        // What retention does with it later goes no further than the links.
        FeedArchive.Delete(Feed.FolderFeed("scans", Path.Combine(home.Home.Inbox, "rejected/scans/S1")));
        Assert.False(Directory.Exists(Path.Combine(home.Home.Inbox, "rejected/scans/S1")));
        outside.AssertUntouched();
    }

    [Fact]
    public async Task A_drop_that_is_itself_a_link_and_an_area_that_is_one_are_not_taken()
    {
        await using var home = await IntakeHome.CreateAsync();
        using var outside = new Outside();
        home.Scans("S1", [("a.tif", [1])], Row);
        Directory.Move(Path.Combine(home.Home.Inbox, "scans/S1"), Path.Combine(outside.Folder, "S1"));
        File.CreateSymbolicLink(Path.Combine(home.Home.Inbox, "scans/S1"), Path.Combine(outside.Folder, "S1"));
        Directory.CreateDirectory(Path.Combine(outside.Folder, "online"));
        File.CreateSymbolicLink(Path.Combine(home.Home.Inbox, "online"), Path.Combine(outside.Folder, "online"));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains("DONE,0,,regular-file,is-a-link", home.Rejected("scans/S1"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(outside.Folder, "S1/a.tif")));
        Assert.Equal("inbox/online", await home.ScalarAsync<string>("SELECT subject FROM alert WHERE code = 'inbox-link'"));
        outside.AssertUntouched();
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task A_table_in_another_encoding_is_refused_with_its_mark_and_without(string encoding)
    {
        await using var home = await IntakeHome.CreateAsync();
        var other = Encoding.GetEncoding(encoding);
        var text = IntakeHome.MunicipalityHeader + IntakeHome.Municipality;
        home.Folder("register", "marked", ("municipalities.csv", [.. other.GetPreamble(), .. other.GetBytes(text)]));
        home.Folder("register", "bare", ("municipalities.csv", other.GetBytes(text)));
        home.Folder("register", "utf-8", ("municipalities.csv", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)]));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains("municipalities.csv,0,,utf-8,is-utf-16\n", home.Rejected("register/marked"), StringComparison.Ordinal);
        Assert.Contains("municipalities.csv,0,,utf-8,is-utf-16\n", home.Rejected("register/bare"), StringComparison.Ordinal);
        Assert.Equal("taken", await home.ScalarAsync<string>("SELECT state FROM feed WHERE name = 'utf-8'"));
    }

    [Fact]
    public void A_walk_ends_at_its_depth_and_at_its_number_of_names()
    {
        var root = Directory.CreateTempSubdirectory("walk-").FullName;
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(Path.Combine(root, $"{i}"), "");
        }

        Assert.Equal("too-many-files", GivenFolder.Walk(root, filesMax: 10).Fault);
        Directory.CreateDirectory(Path.Combine(root, string.Join('/', Enumerable.Repeat("d", GivenFolder.DepthMax + 1))));
        Assert.Equal("too-deep", GivenFolder.Walk(root).Fault);
        Directory.Delete(root, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    /// <summary>A folder that is none of ours, with a file in it, and things that stand where a file belongs.</summary>
    private sealed class Outside : IDisposable
    {
        private const string Secret = "root:x:0:0";
        private readonly List<Socket> _sockets = [];

        public Outside() => File.WriteAllText(Path.Combine(Folder, "secret"), Secret);

        public string Folder { get; } = Directory.CreateTempSubdirectory("out-").FullName;

        public void Put(string thing, string path)
        {
            File.Delete(path);
            switch (thing)
            {
                case "pipe":
                    Assert.Equal(0, MakePipe(path, 0x1B6));
                    break;
                case "link":
                    File.CreateSymbolicLink(path, Path.Combine(Folder, "secret"));
                    break;
                case "socket":
                    // The path of a socket may have no more than a hundred letters.
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    var near = Path.Combine(Folder, $"{_sockets.Count}");
                    socket.Bind(new UnixDomainSocketEndPoint(near));
                    _sockets.Add(socket);
                    GivenFolder.Move(near, path);
                    break;
                case "device":
                    using (var made = System.Diagnostics.Process.Start("mknod", [path, "c", "1", "5"]))
                    {
                        made.WaitForExit();
                        Assert.Equal(0, made.ExitCode); // As root, which the tests run as; /dev/zero never ends.
                    }

                    break;
                default:
                    // As large as no table may be, and nearly nothing of it on the disk.
                    using (var sparse = File.Create(path))
                    {
                        sparse.SetLength(GivenFile.TableBytesMax + 1);
                    }

                    break;
            }
        }

        public void AssertUntouched() => Assert.Equal(Secret, File.ReadAllText(Path.Combine(Folder, "secret")));

        public void Dispose()
        {
            _sockets.ForEach(socket => socket.Dispose());
            Directory.Delete(Folder, recursive: true);
        }
    }
}
