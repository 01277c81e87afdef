r"""What stands above the text: packages of texlive-latex-recommended, texlive-pictures and lmodern, and our few macros.

Formulas are measured when they are set: one that is too wide is folded at its signs, or made smaller where it can't be.
"""

from __future__ import annotations

from ..words import LOOKS

PACKAGES = r"""\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{amsmath,amssymb}
\usepackage{array,booktabs,longtable}
\usepackage{graphicx,xcolor}
\usepackage{pgfplots}
\usepackage[bookmarks=false]{hyperref}
"""

_MACROS = r"""
\ifdefined\gcbox\else
\newsavebox{\gcbox}\newsavebox{\gcjudged}\newsavebox{\gcleading}\newlength{\gcwidth}
\fi
\pgfplotsset{compat=1.16}
\usetikzlibrary{arrows.meta}
% A row of mathematics, folded where it is wider than \gcwidth; #2 is the same with places to fold at.
\def\gcrow#1#2{\sbox{\gcbox}{$\displaystyle #1$}%
  \ifdim\wd\gcbox>\gcwidth
    \parbox{\gcwidth}{\raggedright\hangindent=2em\hangafter=1\binoppenalty=0\relpenalty=0 $\displaystyle #2$\strut}%
  \else\usebox{\gcbox}\fi}
\def\gcshrunk#1{\gcfit{$\displaystyle #1$}}
\def\gclead#1#2{\begingroup\sbox{\gcleading}{#1\enspace}\addtolength{\gcwidth}{-\wd\gcleading}%
  \usebox{\gcleading}#2\endgroup}
\def\gcmark#1{\textcolor{gcwrong}{\underline{#1}}}
\def\gcfit#1{\sbox{\gcbox}{#1}%
  \ifdim\wd\gcbox>\gcwidth\resizebox{\gcwidth}{!}{\usebox{\gcbox}}\else\usebox{\gcbox}\fi}
% A displayed formula: rows, what stands at the right.
\def\gcformula#1#2{\par\addvspace{5pt plus 2pt}\noindent\setlength{\gcwidth}{\linewidth}%
  \sbox{\gcjudged}{#2}%
  \begingroup\setbox0=\hbox{#1}%
  \ifdim\dimexpr\wd0+\wd\gcjudged\ifdim\wd\gcjudged>0pt+1.5em\fi\relax>\linewidth
    \leavevmode#1\par\nopagebreak\noindent\hspace*{\fill}\usebox{\gcjudged}%
  \else
    \leavevmode#1\hfill\usebox{\gcjudged}%
  \fi\par\endgroup\addvspace{5pt plus 2pt}}
\def\gcabove#1{\par\addvspace{5pt plus 2pt}\noindent #1\par\nopagebreak}
\def\gcinbox#1{\begingroup\addtolength{\gcwidth}{-14pt}\fboxsep=6pt\fboxrule=0.6pt\fbox{#1}\endgroup}
\def\gcboxed#1#2{\par\addvspace{5pt plus 2pt}\noindent #1\par\nopagebreak\vspace{2pt}%
  \noindent\setlength{\gcwidth}{\dimexpr\linewidth-14pt\relax}%
  \begingroup\fboxsep=6pt\fboxrule=0.6pt\fbox{#2}\par\endgroup\addvspace{5pt plus 2pt}}
% So much should stand on one page: where it doesn't fit, the next one begins here. Where it does, nothing happens.
\def\gcneed#1{\par\penalty-100\begingroup\dimen0=\pagegoal\advance\dimen0by-\pagetotal
  \ifdim\dimexpr#1\relax>\dimen0\break\fi\endgroup}
% A claim: colour, formula, verdict; the bar at its side has the colour.
\def\gcclaim#1#2#3{\par\begingroup\setlength{\gcwidth}{\dimexpr\linewidth-10pt\relax}%
  \sbox{\gcjudged}{#3}\setbox0=\hbox{#2}%
  \setbox1=\ifdim\dimexpr\wd0+\wd\gcjudged+1.5em\relax>\gcwidth
    \vbox{\hsize\gcwidth\hbox to\gcwidth{\hfil\usebox{\gcjudged}}\kern3pt\hbox{#2}}%
  \else
    \vbox{\hsize\gcwidth\hbox to\gcwidth{#2\hfil\usebox{\gcjudged}}}%
  \fi
  \setbox1=\hbox{$\vcenter{\kern3pt\box1\kern3pt}$}%
  \gcneed{\dimexpr\ht1+\dp1+4\baselineskip\relax}\addvspace{9pt plus 3pt}%
  \noindent\hbox to\linewidth{{\color{#1}\vrule width2.6pt}\hskip7.4pt\box1\hfil}\par\endgroup\nopagebreak}
\def\gcbody{\par\nopagebreak\csname @beginparpenalty\endcsname=10000
  \begin{list}{}{\leftmargin10pt\topsep2pt\parsep2pt\itemsep0pt\partopsep0pt}\item[]}
\def\endgcbody{\end{list}\addvspace{4pt plus 2pt}}
\def\gcitems{\itemsep2pt\parskip0pt\relax}
% A rule stands between lines, like a theorem.
\def\gcrule#1{\par\gcneed{16\baselineskip}\addvspace{9pt plus 3pt}\hrule height0.6pt\nopagebreak\vskip5pt%
  \noindent #1\par\nopagebreak}
\def\gcendrule{\par\nopagebreak\vskip4pt\hrule height0.6pt\vskip9pt plus 3pt\relax}
\def\gcquiet#1{{\small\color{gcquiet}{}#1}}
\def\gctable#1#2{\par\nopagebreak\addvspace{4pt}\gcquiet{#1}\par\nopagebreak{\small\setlength{\tabcolsep}{4pt}\setlength{\defaultaddspace}{3pt}%
  \setlength{\LTleft}{0pt}\setlength{\LTpre}{2pt}\setlength{\LTpost}{2pt}\setlength{\gcwidth}{\linewidth}#2\par}\addvspace{4pt}}
\def\gccode#1{\par\addvspace{4pt}{\noindent\raggedright\small\ttfamily #1\par}\addvspace{4pt}}
\def\gcfigure#1#2{\par\addvspace{8pt plus 3pt}{\noindent\setlength{\gcwidth}{\linewidth}\gcfit{#1}\par
  \ifx\relax#2\relax\else\nopagebreak\vspace{3pt}\noindent\small #2\par\fi}\addvspace{8pt plus 3pt}}
"""

_PAGE = r"""\documentclass[11pt,a4paper]{article}
\pdfinfoomitdate=1 \pdfsuppressptexinfo=-1 \pdftrailerid{}
\usepackage[margin=25mm]{geometry}
"""

_SETTINGS = r"""\usepackage{microtype}
\hypersetup{colorlinks=true,allcolors=gclink,pdftitle={%s},pdfpagemode=UseOutlines}
\setlength{\parindent}{0pt}\setlength{\parskip}{5pt plus 2pt}
\raggedbottom\emergencystretch=3em\clubpenalty=9999\widowpenalty=9999
"""


def macros() -> str:
    """Colours and macros; they may be defined twice, so that several fragments fit into one document."""
    colours = [rf"\definecolor{{gc{word}}}{{HTML}}{{{look.light[1:].upper()}}}" for word, look in LOOKS.items()]
    others = {"quiet": "57606A", "link": "0550AE", "input": "DBEAFE", "parameter": "FDECC8", "constant": "ECE4FB",
              "node": "EEF1F4", "loss": "FDE2E1"}  # fmt: skip
    colours += [rf"\definecolor{{gc{name}}}{{HTML}}{{{code}}}" for name, code in others.items()]
    return "\n".join(colours) + _MACROS


def preamble(title: str) -> str:
    """Everything up to the begin of the document; the title is for the PDF's own data and plain ASCII."""
    return _PAGE + PACKAGES + macros() + _SETTINGS % title
