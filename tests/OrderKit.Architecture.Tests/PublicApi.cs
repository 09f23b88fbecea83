using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace OrderKit.Architecture.Tests;

/// <summary>
/// Renders what a user of an assembly can see, one member a line, in an order that no compiler changes.
/// What the compiler adds to a record by itself is left out.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Render(Assembly assembly) => Render(assembly.GetName().Name!, assembly.GetExportedTypes());

    public static string Render(string title, IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (var space in types.Where(IsVisible).Where(t => !t.FullName!.Contains('<', StringComparison.Ordinal))
            .GroupBy(t => t.Namespace ?? "").OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append("namespace ").Append(space.Key).Append('\n');
            foreach (var type in space.OrderBy(t => t.FullName, StringComparer.Ordinal))
            {
                text.Append('\n').Append(TypeLine(type)).Append('\n');
                foreach (var line in MemberLines(type))
                {
                    text.Append("    ").Append(line).Append('\n');
                }
            }
        }

        return text.Length > 0 ? text.ToString() : $"# {title}: nothing is public yet.\n";
    }

    private static bool IsVisible(Type type) => type.IsPublic || (type.IsNested && (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!));

    private static bool IsVisible(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static bool IsGenerated(MemberInfo member) => member.Name.Contains('<', StringComparison.Ordinal) || member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static bool IsRecord(Type type) =>
        !type.IsEnum && (type.GetMethod("<Clone>$", Declared) ?? (type.IsValueType ? type.GetMethod("PrintMembers", Declared) : null)) is not null;

    // --- Types ---

    private static string TypeLine(Type type)
    {
        var words = new StringBuilder();
        if (type.GetCustomAttribute<ObsoleteAttribute>() is not null)
        {
            words.Append("[Obsolete] ");
        }

        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            words.Append("[Flags] ");
        }

        words.Append(type.IsNested && !type.IsNestedPublic ? "protected " : "public ");
        if (type.IsEnum)
        {
            return words.Append("enum ").Append(DeclaredName(type)).Append(" : ").Append(Name(type.GetEnumUnderlyingType())).ToString();
        }

        if (type.BaseType == typeof(MulticastDelegate))
        {
            var invoke = type.GetMethod("Invoke")!;
            return words.Append("delegate ").Append(ReturnType(invoke)).Append(' ').Append(DeclaredName(type))
                .Append(Parameters(invoke)).Append(Constraints(type.GetGenericArguments())).ToString();
        }

        if (type.IsValueType)
        {
            words.Append(type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "").Append(type.IsByRefLike ? "ref " : "")
                .Append(IsRecord(type) ? "record " : "").Append("struct ");
        }
        else if (type.IsInterface)
        {
            words.Append("interface ");
        }
        else
        {
            words.Append(type switch { { IsAbstract: true, IsSealed: true } => "static ", { IsAbstract: true } => "abstract ", { IsSealed: true } => "sealed ", _ => "" })
                .Append(IsRecord(type) ? "record " : "class ");
        }

        words.Append(DeclaredName(type));
        var bases = Bases(type).ToArray();
        return words.Append(bases.Length > 0 ? " : " + string.Join(", ", bases) : "").Append(Constraints(OwnArguments(type))).ToString();
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type is { IsValueType: false, IsInterface: false } && type.BaseType is { } parent && parent != typeof(object))
        {
            yield return Name(parent);
        }

        var all = type.GetInterfaces();
        var inherited = all.SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []).ToHashSet();
        foreach (var name in all.Where(i => (i.IsPublic || i.IsNestedPublic) && !inherited.Contains(i) && !(IsRecord(type) && IsOwnEquality(i, type)))
            .Select(i => Name(i)).Order(StringComparer.Ordinal))
        {
            yield return name;
        }
    }

    private static bool IsOwnEquality(Type contract, Type type) =>
        contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IEquatable<>) && contract.GetGenericArguments()[0] == type;

    /// <summary>The name under which it is declared: with the types around it, without the namespace.</summary>
    private static string DeclaredName(Type type)
    {
        var own = type.Name.Split('`')[0];
        var arguments = OwnArguments(type);
        if (arguments.Length > 0)
        {
            own += "<" + string.Join(", ", arguments.Select(a => Variance(a) + a.Name)) + ">";
        }

        return type.IsNested ? DeclaredName(type.DeclaringType!) + "." + own : own;
    }

    private static Type[] OwnArguments(Type type) => [.. type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0)];

    private static string Variance(Type argument) => (argument.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out ",
        GenericParameterAttributes.Contravariant => "in ",
        _ => "",
    };

    // --- Members ---

    private static IEnumerable<string> MemberLines(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .OrderBy(f => Convert.ToDecimal(f.GetRawConstantValue(), CultureInfo.InvariantCulture)).ThenBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => $"{f.Name} = {Literal(f.GetRawConstantValue(), null)}");
        }

        if (type.BaseType == typeof(MulticastDelegate))
        {
            return [];
        }

        return Constants(type).Concat(Fields(type)).Concat(Constructors(type)).Concat(Properties(type)).Concat(Events(type)).Concat(Methods(type));
    }

    private static IEnumerable<string> Constants(Type type) => VisibleFields(type).Where(f => f.IsLiteral)
        .Select(f => $"{Obsolete(f)}{Access(f.IsPublic)}const {Name(f.FieldType)} {f.Name} = {Literal(f.GetRawConstantValue(), f.FieldType)}")
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Fields(Type type) => VisibleFields(type).Where(f => !f.IsLiteral)
        .Select(f => $"{Obsolete(f)}{Access(f.IsPublic)}{Required(f)}{(f.IsStatic ? "static " : "")}{(f.IsInitOnly ? "readonly " : "")}{Name(f.FieldType, Nullability(c => c.Create(f)))} {f.Name}")
        .Order(StringComparer.Ordinal);

    private static IEnumerable<FieldInfo> VisibleFields(Type type) =>
        type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && !IsGenerated(f) && !f.IsSpecialName);

    private static IEnumerable<string> Constructors(Type type) => type.GetConstructors(Declared)
        .Where(c => IsVisible(c) && !c.IsStatic && !IsGenerated(c))
        .Select(c => $"{(c.IsDefined(typeof(CompilerFeatureRequiredAttribute)) ? "" : Obsolete(c))}{Access(c.IsPublic)}{type.Name.Split('`')[0]}{Parameters(c)}")
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Properties(Type type) => type.GetProperties(Declared)
        .Where(p => (IsVisible(p.GetMethod) || IsVisible(p.SetMethod)) && p.Name != "EqualityContract" && !IsGenerated(p))
        .Select(Property).Order(StringComparer.Ordinal);

    private static string Property(PropertyInfo property)
    {
        var widest = new[] { property.GetMethod, property.SetMethod }.Where(IsVisible).OrderBy(m => m!.IsPublic ? 0 : 1).First()!;
        var nullability = Nullability(c => c.Create(property));
        var index = property.GetIndexParameters();
        var name = index.Length > 0 ? "this[" + string.Join(", ", index.Select(Parameter)) + "]" : property.Name;
        var getter = IsVisible(property.GetMethod) ? Narrower(property.GetMethod!, widest) + "get; " : "";
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var setter = IsVisible(property.SetMethod) ? Narrower(property.SetMethod!, widest) + (isInit ? "init; " : "set; ") : "";
        return $"{Obsolete(property)}{Access(widest.IsPublic)}{Required(property)}{Modifiers(widest)}{RefReturn(property.PropertyType, property.GetMethod)}{Name(property.PropertyType, nullability)} {name} {{ {getter}{setter}}}";
    }

    private static string Narrower(MethodInfo accessor, MethodInfo widest) => widest.IsPublic && !accessor.IsPublic ? "protected " : "";

    private static IEnumerable<string> Events(Type type) => type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod))
        .Select(e => $"{Obsolete(e)}{Access(e.AddMethod!.IsPublic)}{Modifiers(e.AddMethod)}event {Name(e.EventHandlerType!, Nullability(c => c.Create(e)))} {e.Name}")
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Methods(Type type) => type.GetMethods(Declared)
        .Where(m => IsVisible(m) && !IsGenerated(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)))
        .Select(m => $"{Obsolete(m)}{Access(m.IsPublic)}{Modifiers(m)}{ReturnType(m)} {m.Name}{GenericArguments(m)}{Parameters(m)}{Constraints(m.GetGenericArguments())}")
        .Order(StringComparer.Ordinal);

    private static string Access(bool isPublic) => isPublic ? "" : "protected ";

    private static string Obsolete(MemberInfo member) => member.IsDefined(typeof(ObsoleteAttribute), inherit: false) ? "[Obsolete] " : "";

    private static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return method.IsStatic ? (method.IsAbstract ? "static abstract " : "static ") : method.IsAbstract ? "" : "virtual ";
        }

        if (method.IsStatic)
        {
            return "static ";
        }

        var overrides = method.GetBaseDefinition() != method;
        return method switch
        {
            { IsAbstract: true } => overrides ? "abstract override " : "abstract ",
            { IsVirtual: true, IsFinal: false } => overrides ? "override " : method.DeclaringType.IsSealed ? "" : "virtual ",
            { IsFinal: true } when overrides => "sealed override ",
            _ => "",
        };
    }

    private static string GenericArguments(MethodInfo method) =>
        method.IsGenericMethodDefinition ? "<" + string.Join(", ", method.GetGenericArguments().Select(a => a.Name)) + ">" : "";

    private static string ReturnType(MethodInfo method) =>
        RefReturn(method.ReturnType, method) + Name(method.ReturnType, Nullability(c => c.Create(method.ReturnParameter)));

    private static string RefReturn(Type type, MethodInfo? method) =>
        !type.IsByRef ? "" : method?.ReturnParameter.IsDefined(typeof(IsReadOnlyAttribute), false) == true ? "ref readonly " : "ref ";

    private static string Parameters(MethodBase method)
    {
        var extends = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        return "(" + extends + string.Join(", ", method.GetParameters().Select(Parameter)) + ")";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute), false) || parameter.IsDefined(typeof(ParamCollectionAttribute), false) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{prefix}{Name(parameter.ParameterType, Nullability(c => c.Create(parameter)))} {parameter.Name}{value}";
    }

    private static string Constraints(IEnumerable<Type> arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments.Where(a => a.IsGenericParameter))
        {
            var special = argument.GenericParameterAttributes;
            var isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            var parts = new List<string>();
            if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                parts.Add("class");
            }

            if (isStruct)
            {
                parts.Add("struct");
            }

            parts.AddRange(argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(c => Name(c)).Order(StringComparer.Ordinal));
            if (parts.Count == 0 && IsNotNull(argument))
            {
                parts.Add("notnull");
            }

            if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
            {
                parts.Add("new()");
            }

            if (parts.Count > 0)
            {
                text.Append(" where ").Append(argument.Name).Append(" : ").AppendJoin(", ", parts);
            }
        }

        return text.ToString();
    }

    /// <summary>The compiler writes 1 for "not null", on the parameter or, to save space, on what is around it.</summary>
    private static bool IsNotNull(Type argument)
    {
        if (Flag(argument, "NullableAttribute") is { } own)
        {
            return own == 1;
        }

        for (MemberInfo? around = argument.DeclaringMethod ?? (MemberInfo?)argument.DeclaringType; around is not null; around = around.DeclaringType)
        {
            if (Flag(around, "NullableContextAttribute") is { } context)
            {
                return context == 1;
            }
        }

        return false;
    }

    private static byte? Flag(MemberInfo member, string attribute) =>
        member.CustomAttributes.FirstOrDefault(a => a.AttributeType.Name == attribute)?.ConstructorArguments is [{ Value: byte flag }] ? flag : null;

    // --- Names and values ---

    private static NullabilityInfo Nullability(Func<NullabilityInfoContext, NullabilityInfo> create) => create(new NullabilityInfoContext());

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying, nullability is { GenericTypeArguments: [var inner] } ? inner : null) + "?";
        }

        var mark = !type.IsValueType && nullability is { ReadState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray)
        {
            return Name(type.GetElementType()!, nullability?.ElementType) + "[" + new string(',', type.GetArrayRank() - 1) + "]" + mark;
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (type.IsGenericParameter)
        {
            return type.Name + mark;
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        var arguments = type.GetGenericArguments();
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
        {
            return "(" + string.Join(", ", arguments.Select((a, i) => Name(a, Argument(nullability, i)))) + ")";
        }

        // Around a nested type stand its declaring types, and each shows the arguments that are its own.
        var chain = new List<Type>();
        for (var t = type; t is not null; t = t.DeclaringType)
        {
            chain.Insert(0, t);
        }

        var used = 0;
        var parts = chain.Select(t =>
        {
            var count = t.GetGenericArguments().Length - used;
            var own = Enumerable.Range(used, count).Select(i => Name(arguments[i], Argument(nullability, i))).ToArray();
            used += count;
            return t.Name.Split('`')[0] + (own.Length > 0 ? "<" + string.Join(", ", own) + ">" : "");
        }).ToArray();
        return string.Join(".", parts) + mark;
    }

    private static NullabilityInfo? Argument(NullabilityInfo? nullability, int index) =>
        nullability is not null && index < nullability.GenericTypeArguments.Length ? nullability.GenericTypeArguments[index] : null;

    private static string Literal(object? value, Type? type)
    {
        var underlying = type is null ? null : Nullable.GetUnderlyingType(type);
        var isNullable = underlying is not null;
        type = underlying ?? type;
        return value switch
        {
            null => type is { IsValueType: true } && !isNullable ? "default" : "null",
            string text => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal) + "\"",
            char letter => char.IsAsciiLetterOrDigit(letter) || char.IsPunctuation(letter) ? $"'{letter}'" : $"'\\u{(int)letter:x4}'",
            bool yes => yes ? "true" : "false",
            _ when type is { IsEnum: true } => $"{type.Name}.{Enum.ToObject(type, value)}",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }
}
