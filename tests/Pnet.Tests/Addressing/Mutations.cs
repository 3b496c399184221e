using System.Text;

namespace Pnet.Tests.Addressing;

/// <summary>Texts that are almost right.</summary>
internal static class Mutations
{
    private const string Odd = "/:.#-_ 0OIl1zaA9'\"\\\u0000\u001b\u00e9\ud83d\u4e2d\n";

    internal static string Of(Random random, string text)
    {
        var result = new StringBuilder(text);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    result.Insert(at, Odd[random.Next(Odd.Length)]);
                    break;
                case 1 when at < result.Length:
                    result.Remove(at, 1);
                    break;
                case 2 when at < result.Length:
                    result[at] = Odd[random.Next(Odd.Length)];
                    break;
                default:
                    result.Insert(at, text[..random.Next(text.Length + 1)]);
                    break;
            }
        }

        return result.ToString();
    }
}
