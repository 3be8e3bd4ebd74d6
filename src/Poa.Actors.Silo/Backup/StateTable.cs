namespace Poa.Actors.Silo;

/// <summary>What a column holds; the data bases have types of their own for it.</summary>
internal enum ColumnKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number of up to 64 bits.</summary>
    Number,

    /// <summary>A moment, UTC.</summary>
    Time,

    /// <summary>Bytes, or nothing.</summary>
    Bytes,
}

/// <summary>
/// A table that belongs to a service, in SQLite and PostgreSQL alike, so that what one of them held can go into the other. Membership
/// does not belong here: it says who runs at the moment.
/// </summary>
/// <param name="Name">Its name; each row has a column <c>ServiceId</c>.</param>
/// <param name="Columns">Its columns but for that one.</param>
/// <param name="KeyColumns">How many of the first columns make a row's key.</param>
internal sealed record StateTable(string Name, IReadOnlyList<(string Name, ColumnKind Kind)> Columns, int KeyColumns)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<StateTable> All { get; } =
    [
        new(
            "OrleansStorage",
            [
                ("GrainTypeString", ColumnKind.Text), ("GrainIdN0", ColumnKind.Number), ("GrainIdN1", ColumnKind.Number), ("GrainIdExtensionString", ColumnKind.Text),
                ("PayloadBinary", ColumnKind.Bytes), ("ModifiedOn", ColumnKind.Time), ("Version", ColumnKind.Number),
            ],
            KeyColumns: 4),
        new(
            "OrleansRemindersTable",
            [
                ("GrainId", ColumnKind.Text), ("ReminderName", ColumnKind.Text),
                ("StartTime", ColumnKind.Time), ("Period", ColumnKind.Number), ("GrainHash", ColumnKind.Number), ("Version", ColumnKind.Number),
            ],
            KeyColumns: 2),
    ];

    /// <summary>Reads all rows of a service in the order of their keys.</summary>
    public string SelectSql => $"SELECT {Names} FROM {Name} WHERE ServiceId = @ServiceId ORDER BY {string.Join(", ", Columns.Take(KeyColumns).Select(column => column.Name))};";

    /// <summary>Counts them.</summary>
    public string CountSql => $"SELECT COUNT(*) FROM {Name} WHERE ServiceId = @ServiceId;";

    /// <summary>Deletes them.</summary>
    public string DeleteSql => $"DELETE FROM {Name} WHERE ServiceId = @ServiceId;";

    /// <summary>Adds one.</summary>
    public string InsertSql => $"INSERT INTO {Name} (ServiceId, {Names}) VALUES (@ServiceId, {string.Join(", ", Columns.Select(column => $"@{column.Name}"))});";

    private string Names => string.Join(", ", Columns.Select(column => column.Name));
}
