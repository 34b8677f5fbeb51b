"""What the categories of arXiv are called, in a word or two."""

from digest.rendering.words import plain, shortened


def category_name(category: str) -> str:
    """Return a short name for *category*, with or without its archive ("cs.CL", "CL")."""
    code = plain(category)
    if "." not in code and f"cs.{code}" in _NAMES:
        code = f"cs.{code}"
    archive = code.partition(".")[0]
    return _NAMES.get(code) or _ARCHIVES.get(archive) or shortened(code, 40)


_NAMES = {
    "cs.AI": "Artificial intelligence",
    "cs.AR": "Hardware architecture",
    "cs.CC": "Complexity",
    "cs.CE": "Computational engineering",
    "cs.CG": "Computational geometry",
    "cs.CL": "Language",
    "cs.CR": "Security",
    "cs.CV": "Vision",
    "cs.CY": "Computers and society",
    "cs.DB": "Databases",
    "cs.DC": "Distributed computing",
    "cs.DL": "Digital libraries",
    "cs.DM": "Discrete mathematics",
    "cs.DS": "Algorithms",
    "cs.ET": "Emerging technologies",
    "cs.FL": "Formal languages",
    "cs.GR": "Graphics",
    "cs.GT": "Game theory",
    "cs.HC": "Human–computer interaction",
    "cs.IR": "Information retrieval",
    "cs.IT": "Information theory",
    "cs.LG": "Machine learning",
    "cs.LO": "Logic",
    "cs.MA": "Multi-agent systems",
    "cs.MM": "Multimedia",
    "cs.NA": "Numerical analysis",
    "cs.NE": "Neural computing",
    "cs.NI": "Networking",
    "cs.OS": "Operating systems",
    "cs.PF": "Performance",
    "cs.PL": "Programming languages",
    "cs.RO": "Robotics",
    "cs.SC": "Symbolic computation",
    "cs.SD": "Sound",
    "cs.SE": "Software engineering",
    "cs.SI": "Social networks",
    "cs.SY": "Control systems",
    "eess.AS": "Speech and audio",
    "eess.IV": "Image processing",
    "eess.SP": "Signal processing",
    "eess.SY": "Control systems",
    "stat.AP": "Applied statistics",
    "stat.CO": "Computational statistics",
    "stat.ME": "Statistical methods",
    "stat.ML": "Statistical learning",
    "stat.TH": "Statistical theory",
    "q-bio.BM": "Biomolecules",
    "q-bio.GN": "Genomics",
    "q-bio.NC": "Neuroscience",
    "q-bio.QM": "Quantitative biology",
}
_ARCHIVES = {
    "astro-ph": "Astrophysics",
    "cond-mat": "Condensed matter",
    "cs": "Computer science",
    "econ": "Economics",
    "eess": "Electrical engineering",
    "gr-qc": "Gravitation",
    "hep-ex": "Particle physics",
    "hep-lat": "Lattice physics",
    "hep-ph": "Particle physics",
    "hep-th": "High-energy theory",
    "math": "Mathematics",
    "math-ph": "Mathematical physics",
    "nlin": "Nonlinear dynamics",
    "nucl-ex": "Nuclear physics",
    "nucl-th": "Nuclear theory",
    "physics": "Physics",
    "q-bio": "Quantitative biology",
    "q-fin": "Quantitative finance",
    "quant-ph": "Quantum physics",
    "stat": "Statistics",
}
