using System.Data.Common;
using System.Text.Json;

namespace Poa.Actors.Silo;

/// <summary>Rows of a <see cref="StateTable"/> as lines of JSON, one object each.</summary>
internal static class StateRows
{
    /// <summary>Writes the rows of a service.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> WriteAsync(StateTable table, DbConnection connection, DbTransaction transaction, string serviceId, Stream lines, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, transaction, table.SelectSql, serviceId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = 0L;
        for (; await reader.ReadAsync(cancellationToken); rows++)
        {
            await using (var json = new Utf8JsonWriter(lines))
            {
                WriteRow(table, reader, json);
            }

            lines.WriteByte((byte)'\n');
        }

        return rows;
    }

    /// <summary>Adds the rows that lines hold to a service.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="JsonException">A line is no such row.</exception>
    public static async Task<long> InsertAsync(StateTable table, DbConnection connection, DbTransaction transaction, string serviceId, Stream lines, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, transaction, table.InsertSql, serviceId);
        foreach (var (name, _) in table.Columns)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        using var reader = new StreamReader(lines);
        var rows = 0L;
        for (; await reader.ReadLineAsync(cancellationToken) is { } line; rows++)
        {
            using var row = JsonDocument.Parse(line);
            foreach (var (name, kind) in table.Columns)
            {
                command.Parameters[name].Value = Value(row.RootElement.GetProperty(name), kind);
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return rows;
    }

    /// <summary>A statement with the parameter <c>ServiceId</c>.</summary>
    public static DbCommand Command(DbConnection connection, DbTransaction transaction, string sql, string serviceId)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        var service = command.CreateParameter();
        (service.ParameterName, service.Value) = ("ServiceId", serviceId);
        command.Parameters.Add(service);
        return command;
    }

    private static void WriteRow(StateTable table, DbDataReader reader, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (i, (name, kind)) in table.Columns.Index())
        {
            json.WritePropertyName(name);
            if (reader.IsDBNull(i))
            {
                json.WriteNullValue();
                continue;
            }

            switch (kind)
            {
                case ColumnKind.Text:
                    json.WriteStringValue(reader.GetString(i));
                    break;
                case ColumnKind.Number:
                    json.WriteNumberValue(reader.GetInt64(i));
                    break;
                case ColumnKind.Time:
                    json.WriteStringValue(DateTime.SpecifyKind(reader.GetDateTime(i), DateTimeKind.Utc));
                    break;
                default:
                    json.WriteBase64StringValue(reader.GetFieldValue<byte[]>(i));
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static object Value(JsonElement value, ColumnKind kind) => kind switch
    {
        _ when value.ValueKind == JsonValueKind.Null => DBNull.Value,
        ColumnKind.Text => value.GetString()!,
        ColumnKind.Number => value.GetInt64(),
        ColumnKind.Time => DateTime.SpecifyKind(value.GetDateTime(), DateTimeKind.Utc),
        _ => value.GetBytesFromBase64(),
    };
}
