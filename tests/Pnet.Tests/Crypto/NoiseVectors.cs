namespace Pnet.Tests.Crypto;

/// <summary>
/// Published figures for Noise handshakes: those of cacophony (the Haskell implementation), in the format of the Noise
/// wiki's "Test vectors" page. The first messages are the handshake's, the rest the transport's, in turn.
/// </summary>
internal static class NoiseVectors
{
    internal const string Prologue = "4a6f686e2047616c74";
    internal const string Psk = "54686973206973206d7920417573747269616e20706572737065637469766521";
    internal const string InitiatorStatic = "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1";
    internal const string InitiatorEphemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a";
    internal const string ResponderStatic = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
    internal const string ResponderEphemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b";

    internal static Vector XX { get; } = new(
        "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e",
        [
            new(
                "4c756477696720766f6e204d69736573",
                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573"),
            new(
                "4d757272617920526f746862617264",
                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285"
                + "e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f"
                + "8814c7194e83f23dbd8d162c9326ad"),
            new(
                "462e20412e20486179656b",
                "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f"
                + "58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030"),
            new(
                "4361726c204d656e676572",
                "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"),
            new(
                "4a65616e2d426170746973746520536179",
                "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5"),
            new(
                "457567656e2042f6686d20766f6e2042617765726b",
                "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f"),
        ]);

    internal static Vector XXpsk3 { get; } = new(
        "a477edf6a131bbdb54707f6ea30eab6cd935d9b560f0e5fd1f053a95a99669fb",
        [
            new(
                "4c756477696720766f6e204d69736573",
                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944c9f5ff0e8079630cb7e270c20bbf4808"
                + "21b77a384a645c71a2fd9b3db1c16a5f"),
            new(
                "4d757272617920526f746862617264",
                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843b123def17f71e6ae8e57e0e1dec5949c"
                + "5f7415c6f33517398747d821a06dc23ad430aa1fd7381d46195c378a819fd574425462cbb2d4ca339e738a0b7001dc91"
                + "423fbf55a99af0c6f1df21012ceb2f"),
            new(
                "462e20412e20486179656b",
                "52187316111b118d4c060364f7b975dc0809b2590779aff2d63113c564f11744493384db7bf32d5ae6686df6ab06d508"
                + "d2e07caaf1d6afc010b978735fc78900e71ae1d314130d042e729a"),
            new(
                "4361726c204d656e676572",
                "eaedc672d4c21e0e2955758756fb98f194c4e90d5deb5b6cf30b27"),
            new(
                "4a65616e2d426170746973746520536179",
                "522d543c5fe799d09a3d9da7ff54d0dc03c8af1dc7751d2ff708339d2290943e98"),
            new(
                "457567656e2042f6686d20766f6e2042617765726b",
                "7d4e2c3873eef6a213b04e72f9df60a91666072d3544c5d96c34a09e2329b5030bee796741"),
        ]);

    internal static Vector IK { get; } = new(
        "0b0f68fb0c27e03ce9b97565995ed4838cc0581b762ef72b062f6a546419fad7",
        [
            new(
                "4c756477696720766f6e204d69736573",
                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944718da798efbcd91528520204f904b9bd"
                + "6c7413dccdc214d951e15253e39987f18146e8cd0873654207148333479d4d16c289f0294b29960a72f48e0b7bba2e89"
                + "083169825e59642148d492020664ccf7"),
            new(
                "4d757272617920526f746862617264",
                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1448088435361e70b2ed446e6c9ec387d1d6b3b84"
                + "0f194e373979d241b203c4acafccf5"),
            new(
                "462e20412e20486179656b",
                "050e9f3c8fac16b68dbce8f8c4bfbf6617c897f9ada4aa29aa19c8"),
            new(
                "4361726c204d656e676572",
                "344233a6cabb7141d80f3da2fedc311d9646bbb0f505afe403a667"),
            new(
                "4a65616e2d426170746973746520536179",
                "62cdeeb172ad7ade7aa7d9e069da5790f12331bfa00177787a1d0810c67dc3b2b4"),
            new(
                "457567656e2042f6686d20766f6e2042617765726b",
                "029bead1b40992327044d409d9a1f3ad8f36c3c452775d557e18bbeb2e8dfcead32d514024"),
        ]);

    internal sealed record Vector(string HandshakeHash, Message[] Messages);

    internal sealed record Message(string Payload, string Ciphertext);
}
