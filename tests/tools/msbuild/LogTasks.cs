// Stand-ins for the tasks that tell or set something.
using Microsoft.Build.Framework;

public class Message : StandInTask
{
    public string Text { get; set; }
    public string Importance { get; set; }

    protected override void Run() => Say(Text, ImportanceOf(Importance, MessageImportance.Normal));
}

public class Warning : StandInTask
{
    public string Text { get; set; }
    public string Code { get; set; }
    public string File { get; set; }

    protected override void Run() => Problem(isError: false, null, Code, File, 0, 0, Text);
}

public class Error : StandInTask
{
    public string Text { get; set; }
    public string Code { get; set; }
    public string File { get; set; }

    protected override void Run() => Problem(isError: true, null, Code, File, 0, 0, Text);
}

public class CreateProperty : StandInTask
{
    [Output]
    public string[] Value { get; set; }

    protected override void Run()
    {
    }
}
