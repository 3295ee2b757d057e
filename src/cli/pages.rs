//! `authlink pages`: every hosted page in a look, as files to be opened.

use super::failure::Failure;
use super::options::DataOptions;
use super::target::{Missing, Target};
use super::{app, runtime, say};
use crate::domain::look::Look;
use crate::http::admin::look::LookView;
use crate::http::pages::gallery;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write every hosted page into a folder, to be looked at
#[derive(Args)]
#[command(after_help = "\
Examples:
  authlink pages
  # a look before it is set
  authlink pages --look quill.toml --to quill-pages
  # as an application has it
  authlink pages --app 6f1d1b62-8c0e-4d53-a4c5-5f4f3c1d2e11 --data authlink-demo

Open index.html of the folder in a browser. All people, banks and times in it are
made up, and it asks nobody for anything.")]
pub(super) struct Pages {
    /// The application whose look they have, as `app list` shows it
    #[arg(long, value_name = "ID", conflicts_with = "look")]
    app: Option<String>,
    /// A file with a look
    #[arg(long, value_name = "FILE")]
    look: Option<PathBuf>,
    /// The folder; what is in it stays, but for files of the same names
    #[arg(long, value_name = "DIR", default_value = "authlink-pages")]
    to: PathBuf,
    #[command(flatten)]
    options: DataOptions,
}

/// Who asks, where nobody else does.
const NAME: &str = "Quill & Daughters Lending";

impl Pages {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let (name, wanted) = match (&self.app, &self.look) {
            (Some(id), _) => {
                let LookView { name, look, .. } = self.look_of(id)?;
                (name, look)
            }
            (None, Some(file)) => (NAME.to_owned(), app::read_look(file)?),
            (None, None) => (NAME.to_owned(), crate::domain::look::wanted::WantedLook::default()),
        };
        let look = Look::try_from(wanted)
            .map_err(|faults| Failure::new(format!("the look is refused: {faults}")))?;
        let name = look.brand_name.clone().unwrap_or(name);
        let files = gallery::preview(&name, &look);
        for (path, content) in &files {
            write(&self.to.join(path), content)?;
        }
        say(&format!("{} files; open {}\n", files.len(), self.to.join("index.html").display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn look_of(&self, id: &str) -> Result<LookView, Failure> {
        let (id, config) = (app::application(id)?, self.options.load()?.config);
        runtime::block_on(async {
            let target = Target::find(&config, "this command", Missing::Refuse).await?;
            let view = target.look(id, None).await;
            target.close().await;
            view
        })
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    let done = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content));
    done.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
