using System.Text;

namespace OrderKit.Architecture.Tests;

internal static class TextDiff
{
    /// <summary>The lines that went (-) and came (+), each block under the last line that stayed.</summary>
    public static string Lines(string before, string after)
    {
        string[] old = before.Split('\n'), @new = after.Split('\n');

        // common[i, j] is the length of the longest common subsequence of what follows i and j.
        var common = new int[old.Length + 1, @new.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = @new.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == @new[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var text = new StringBuilder();
        string? context = null;
        for (int i = 0, j = 0; i < old.Length || j < @new.Length;)
        {
            if (i < old.Length && j < @new.Length && old[i] == @new[j])
            {
                context = old[i].Length > 0 ? old[i] : context;
                i++;
                j++;
                continue;
            }

            if (context is not null)
            {
                text.Append("  ").Append(context).Append('\n');
                context = null;
            }

            var goes = j == @new.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]);
            text.Append(goes ? "- " : "+ ").Append(goes ? old[i++] : @new[j++]).Append('\n');
        }

        return text.ToString();
    }
}
