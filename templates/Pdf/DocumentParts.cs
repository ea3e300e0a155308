using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// Document parts (ISO 32000-2, 14.12): which pages belong to one record, so that the vendor's cutting and inserting
/// machines need not guess. One part for the file, under it one a piece; its metadata is the piece's id, and no more.
/// </summary>
internal sealed class DocumentParts(PdfObjects pdf)
{
    private readonly List<int> _parts = [];
    private int _file;
    private string _id = "";
    private int _firstPage;
    private int _lastPage;

    /// <summary>The part to which pages belong now; 0 where there is none.</summary>
    public int Current { get; private set; }

    /// <summary>The pages that follow belong to the piece of that id.</summary>
    public void Begin(string id)
    {
        End();
        _file = _file == 0 ? pdf.Reserve() : _file;
        (Current, _id, _firstPage) = (pdf.Reserve(), id, 0);
    }

    /// <summary>Adds a page, an object of that number.</summary>
    public void Page(int number) => (_firstPage, _lastPage) = (_firstPage == 0 ? number : _firstPage, number);

    /// <summary>Writes what is left; gives the catalog's entry.</summary>
    public string Finish()
    {
        End();
        if (_parts.Count == 0)
        {
            return "";
        }

        var root = pdf.Object($"<</Type/DPartRoot/DPartRootNode {_file} 0 R/RecordLevel 1/NodeNameList[/File/Piece]>>");
        var parts = string.Join(' ', _parts.Select(part => $"{part} 0 R"));
        pdf.Object(_file, $"<</Type/DPart/Parent {root} 0 R/DParts[[{parts}]]>>");
        return $"/DPartRoot {root} 0 R";
    }

    private void End()
    {
        if (Current > 0 && _firstPage > 0)
        {
            var part = pdf.BeginObject(Current).Add("<</Type/DPart/Parent "u8).Add(_file).Add(" 0 R/Start "u8).Add(_firstPage);
            part.Add(" 0 R/End "u8).Add(_lastPage).Add(" 0 R/DPM<</Piece<"u8).Add(Convert.ToHexString(Encoding.ASCII.GetBytes(_id)));
            part.Add(">>>>>\n"u8);
            _parts.Add(Current);
        }

        Current = 0;
    }
}
