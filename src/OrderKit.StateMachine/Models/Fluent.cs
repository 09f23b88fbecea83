namespace OrderKit.StateMachine;

internal static class Fluent
{
    /// <summary>Changes a builder and returns it.</summary>
    public static T With<T>(this T builder, Action change)
    {
        change();
        return builder;
    }
}
