using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;

namespace MyNumber.Jobs.Web;

/// <summary>
/// Before any POST handler of a page: the person may do what the table of acts says that it does. A handler that is not in the
/// table is done by nobody. What the rules refuse is said on the page.
/// </summary>
public sealed class ActFilter : IAsyncPageFilter
{
    /// <inheritdoc/>
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (context.HandlerMethod is not { HttpMethod: "Post" } handler)
        {
            await next();
            return;
        }

        var act = Acts.OfHandler($"{context.ActionDescriptor.ViewEnginePath.TrimStart('/')} {handler.Name}".TrimEnd());
        if (!context.HttpContext.User.May(act))
        {
            context.Result = new ForbidResult();
            return;
        }

        var executed = await next();
        if (executed.Exception is OperatorRefusedException refused && !executed.ExceptionHandled)
        {
            context.HttpContext.RequestServices.GetRequiredService<ITempDataDictionaryFactory>()
                .GetTempData(context.HttpContext)["Refused"] = refused.Message;
            executed.ExceptionHandled = true;
            executed.Result = new LocalRedirectResult(context.HttpContext.Request.Path);
        }
    }
}
