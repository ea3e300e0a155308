using System.Buffers.Binary;
using MyNumber.Batch.Reading;

namespace MyNumber.Tests.Unit.Reading;

public sealed class TiffDirectoriesTests
{
    private const int Ascii = 2;
    private const int Double = 12;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fields_that_fit_into_the_file_are_believed(bool little) =>
        Assert.False(TiffDirectories.Lie(File(little, next: 0, (Ascii, 60), (Double, 7))));

    [Theory]
    [InlineData(true, Ascii, 200u)]
    [InlineData(false, Double, 9u)]
    [InlineData(true, Double, uint.MaxValue)]
    public void A_field_longer_than_the_file_is_a_lie(bool little, int type, uint count) =>
        Assert.True(TiffDirectories.Lie(File(little, next: 0, (Ascii, 60), (type, count))));

    [Fact]
    public void A_field_of_a_type_that_nobody_knows_is_passed_over() =>
        Assert.False(TiffDirectories.Lie(File(true, next: 0, (99, uint.MaxValue))));

    [Fact]
    public void A_directory_that_comes_after_itself_is_a_lie() =>
        Assert.True(TiffDirectories.Lie(File(true, next: 8, (Ascii, 1), (Ascii, 1))));

    [Fact]
    public void What_ends_early_throws_nothing()
    {
        var whole = File(true, next: 0, (Ascii, 60), (Double, 7));
        for (var length = 0; length < 40; length++)
        {
            _ = TiffDirectories.Lie(whole.AsSpan(0, length));
        }
    }

    // 64 bytes with one directory at 8.
    private static byte[] File(bool little, uint next, params (int Type, uint Count)[] fields)
    {
        var file = new byte[64];
        (little ? "II"u8 : "MM"u8).CopyTo(file);
        Short(2, 42);
        Long(4, 8);
        Short(8, fields.Length);
        for (var i = 0; i < fields.Length; i++)
        {
            Short(12 + (i * 12), fields[i].Type);
            Long(14 + (i * 12), fields[i].Count);
        }

        Long(10 + (fields.Length * 12), next);
        return file;

        void Short(int at, int value)
        {
            if (little)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), (ushort)value);
            }
        }

        void Long(int at, uint value)
        {
            if (little)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
            }
        }
    }
}
