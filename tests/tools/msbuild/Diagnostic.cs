// How MSBuild reads the output of a tool: a line of the form
//     ORIGIN : [SUBCATEGORY] error|warning [CODE] : TEXT
// is a diagnostic. ORIGIN may be missing, or end in (LINE), (LINE-LINE), (LINE,COLUMN), (LINE,COLUMN-COLUMN) or
// (LINE,COLUMN,LINE,COLUMN). See "MSBuild and Visual Studio format for diagnostic messages" in Microsoft's documentation.
using System;
using System.Globalization;
using System.Text.RegularExpressions;

internal sealed class Diagnostic
{
    /// <summary>Longer lines are cut before they are looked at.</summary>
    private const int Limit = 400;

    private static readonly Regex s_line = new(
        @"^\s*(?:(?<origin>(?:\d+>)?(?:[A-Za-z]:)?[^:]*):)?(?<subcategory>[^:]*?\s)?\s*(?<category>error|warning)(?:\s+(?<code>[^:\s]+))?\s*:(?<text>.*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex s_place = new(@"^(?<file>.*)\((?<numbers>[\d,\s-]*)\)\s*$", RegexOptions.CultureInvariant);

    public bool IsError { get; private init; }
    public string Subcategory { get; private init; }
    public string Code { get; private init; }
    public string File { get; private init; }
    public int Line { get; private init; }
    public int Column { get; private init; }
    public string Text { get; private init; }

    /// <summary>The diagnostic a line of output stands for; null when it is an ordinary line.</summary>
    public static Diagnostic Parse(string line)
    {
        Match match = s_line.Match(line.Length > Limit ? line.Substring(0, Limit) : line);
        if (!match.Success)
            return null;
        string file = match.Groups["origin"].Value.Trim();
        int[] numbers = Array.Empty<int>();
        Match place = s_place.Match(file);
        if (place.Success)
        {
            file = place.Groups["file"].Value.Trim();
            string[] texts = place.Groups["numbers"].Value.Split(',', '-');
            numbers = Array.ConvertAll(texts, t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0);
        }
        return new Diagnostic
        {
            IsError = match.Groups["category"].Value.Equals("error", StringComparison.OrdinalIgnoreCase),
            Subcategory = match.Groups["subcategory"].Value.Trim(),
            Code = match.Groups["code"].Value,
            File = file,
            Line = numbers.Length > 0 ? numbers[0] : 0,
            Column = numbers.Length > 1 && place.Groups["numbers"].Value.Contains(',') ? numbers[1] : 0,
            Text = match.Groups["text"].Value.Trim(),
        };
    }
}
