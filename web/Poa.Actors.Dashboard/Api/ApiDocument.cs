using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Poa.Actors.Dashboard.Api;

/// <summary>The description of the API, as OpenAPI.</summary>
internal static class ApiDocument
{
    /// <summary>Sets what the document says beyond what is read from the routes.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Poa.Actors",
                Version = "v1",
                Description =
                    "Runs, metrics, grids, sweeps, searches, ablations, jobs, checkpoints and downloads: what the dashboard's pages show.\n\n" +
                    "Errors are problem details (RFC 9457) with a stable `code` and a `remedy`. Times are ISO 8601, durations ISO 8601 durations, choices are text, " +
                    "and figures that are not finite are the texts \"NaN\", \"Infinity\" and \"-Infinity\". Commands take JSON only and are safe to repeat. " +
                    "Streams are server-sent events: `Last-Event-ID` goes on where a connection broke.",
            };

            // Where it is served is not a part of what it is.
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAcceptsMetadata>().LastOrDefault()?.RequestType == typeof(NoArguments))
            {
                operation.RequestBody!.Description = "Nothing, or an empty object.";
            }

            if (context.Description.HttpMethod == HttpMethods.Head)
            {
                operation.OperationId += "Head";
            }

            var responses = new OpenApiResponses();
            foreach (var (status, response) in (operation.Responses ?? []).OrderBy(response => response.Key, StringComparer.Ordinal))
            {
                responses.Add(status, response);
            }

            operation.Responses = responses;

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var (type, isNullable) = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) is { } inner ? (inner, true) : (context.JsonTypeInfo.Type, false);
            if (type == typeof(TimeSpan))
            {
                (schema.Type, schema.Format, schema.Pattern) = (isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String, "duration", null);
            }

            if ((type == typeof(double) || type == typeof(float)) && schema.AnyOf is { } forms)
            {
                // A number, or the text of one that is not finite: what the framework writes besides says it were an object.
                schema.Type = null;
                if (isNullable)
                {
                    forms.Add(new OpenApiSchema { Type = JsonSchemaType.Null });
                }
            }

            if ((context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo.GetCustomAttribute<ChoiceAttribute>() is { } choice)
            {
                var one = schema.Items as OpenApiSchema ?? schema;
                one.Enum = [.. choice.Names.Select(name => JsonValue.Create(name))];
            }

            // An answer may get more fields one day.
            schema.AdditionalPropertiesAllowed = true;
            return Task.CompletedTask;
        });
    }
}
