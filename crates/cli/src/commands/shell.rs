use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::{Exit, Fault, Host};

/// Prints a script that completes the program's commands in a shell.
pub(super) fn completions(shell: Shell, host: &dyn Host) -> Result<Exit, Fault> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "wheatear", &mut script);
    host.print(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

/// Prints the manual page, of the program and then of each command, for `man -l -`.
pub(super) fn man(host: &dyn Host) -> Result<Exit, Fault> {
    let mut page = Vec::new();
    let mut program = Arguments::command();
    program.build();
    let failed = |error: std::io::Error| Fault::new(Exit::Io, error.to_string());
    clap_mangen::Man::new(program.clone()).render(&mut page).map_err(failed)?;
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let man = clap_mangen::Man::new(command.clone());
        man.render_synopsis_section(&mut page).map_err(failed)?;
        man.render_description_section(&mut page).map_err(failed)?;
        man.render_options_section(&mut page).map_err(failed)?;
    }
    host.print(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}
