"""The one bibliography: every source key used in docstrings, claims and reports."""

from __future__ import annotations

from theory.errors import InputError

__all__ = ["REFERENCES", "cite"]

#: Key (AuthorYear, as in ``[Yi2025]``) to the formatted reference.
REFERENCES: dict[str, str] = {
    "Amos1974": (
        "D. E. Amos, Computation of modified Bessel functions and their ratios, "
        "Mathematics of Computation 28, 1974"
    ),
    "Bangachev2025": (
        "K. Bangachev, G. Bresler, I. Noman, Y. Polyanskiy, Global minimizers of sigmoid "
        "contrastive loss, NeurIPS 2025, arXiv 2509.18552"
    ),
    "Becigneul2019": (
        "G. Bécigneul, O.-E. Ganea, Riemannian adaptive optimization methods, ICLR 2019, "
        "arXiv 1810.00760"
    ),
    "BjorckGolub1973": (
        "Å. Björck, G. H. Golub, Numerical methods for computing angles between linear "
        "subspaces, Mathematics of Computation 27, 1973"
    ),
    "Chan1983": (
        "T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for computing the sample variance: "
        "analysis and recommendations, American Statistician 37, 1983"
    ),
    "Chen2010": (
        "Y. Chen, A. Wiesel, Y. C. Eldar, A. O. Hero, Shrinkage algorithms for MMSE covariance "
        "estimation, IEEE Transactions on Signal Processing 58, 2010"
    ),
    "DavisKahan1970": (
        "C. Davis, W. M. Kahan, The rotation of eigenvectors by a perturbation III, "
        "SIAM Journal on Numerical Analysis 7, 1970"
    ),
    "DavisonHinkley1997": (
        "A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, Cambridge "
        "University Press, 1997"
    ),
    "DeLong1988": (
        "E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more "
        "correlated receiver operating characteristic curves: a nonparametric approach, "
        "Biometrics 44, 1988"
    ),
    "DormandPrince1980": (
        "J. R. Dormand, P. J. Prince, A family of embedded Runge–Kutta formulae, "
        "Journal of Computational and Applied Mathematics 6, 1980"
    ),
    "DowsonLandau1982": (
        "D. C. Dowson, B. V. Landau, The Fréchet distance between multivariate normal "
        "distributions, Journal of Multivariate Analysis 12, 1982"
    ),
    "DupuisEllis1997": (
        "P. Dupuis, R. S. Ellis, A Weak Convergence Approach to the Theory of Large Deviations, "
        "Wiley, 1997"
    ),
    "Eslami2024": (
        "S. Eslami, G. de Melo, Mitigate the gap: improving cross-modal alignment in CLIP "
        "(AlignCLIP), ICLR 2025, arXiv 2406.17639"
    ),
    "Fahim2024": (
        "A. Fahim, A. Murphy, A. Fyshe, It's not a modality gap: characterizing and addressing "
        "the contrastive gap, arXiv 2405.18570, 2024"
    ),
    "Gelbrich1990": (
        "M. Gelbrich, On a formula for the L2 Wasserstein metric between measures on Euclidean "
        "and Hilbert spaces, Mathematische Nachrichten 147, 1990"
    ),
    "Grassucci2026": (
        "E. Grassucci, G. Cicchetti, E. Frasca, A. Uncini, D. Comminiello, Closing the modality "
        "gap aligns group-wise semantics, ICLR 2026, arXiv 2601.18525"
    ),
    "Gretton2012": (
        "A. Gretton, K. M. Borgwardt, M. J. Rasch, B. Schölkopf, A. Smola, A kernel two-sample "
        "test, Journal of Machine Learning Research 13, 2012"
    ),
    "HardyLittlewoodPolya1934": (
        "G. H. Hardy, J. E. Littlewood, G. Pólya, Inequalities, Cambridge University Press, 1934"
    ),
    "Hotelling1936": ("H. Hotelling, Relations between two sets of variates, Biometrika 28, 1936"),
    "Holm1979": (
        "S. Holm, A simple sequentially rejective multiple test procedure, "
        "Scandinavian Journal of Statistics 6, 1979"
    ),
    "HartmanWatson1974": (
        "P. Hartman, G. S. Watson, Normal distribution functions on spheres and the modified "
        "Bessel functions, Annals of Probability 2, 1974"
    ),
    "Huh2024": (
        "M. Huh, B. Cheung, T. Wang, P. Isola, The Platonic representation hypothesis, "
        "ICML 2024, arXiv 2405.07987"
    ),
    "Ilharco2021": (
        "G. Ilharco, M. Wortsman, R. Wightman et al., OpenCLIP, Zenodo, "
        "doi 10.5281/zenodo.5143773, 2021"
    ),
    "Johnstone2001": (
        "I. M. Johnstone, On the distribution of the largest eigenvalue in principal components "
        "analysis, Annals of Statistics 29, 2001"
    ),
    "Johnstone2008": (
        "I. M. Johnstone, Multivariate analysis and Jacobi ensembles: largest eigenvalue, "
        "Tracy-Widom limits and rates of convergence, Annals of Statistics 36, 2008"
    ),
    "Kent1977": (
        "J. T. Kent, The infinite divisibility of the von Mises–Fisher distribution for all "
        "values of the parameter in all dimensions, Proceedings of the London Mathematical "
        "Society s3-35, 1977"
    ),
    "Kessy2018": (
        "A. Kessy, A. Lewin, K. Strimmer, Optimal whitening and decorrelation, "
        "American Statistician 72, 2018"
    ),
    "Kettenring1971": (
        "J. R. Kettenring, Canonical analysis of several sets of variables, Biometrika 58, 1971"
    ),
    "KnyazevArgentati2002": (
        "A. V. Knyazev, M. E. Argentati, Principal angles between subspaces in an A-based scalar "
        "product, SIAM Journal on Scientific Computing 23, 2002"
    ),
    "Koromilas2024": (
        "P. Koromilas, G. Bouritsas, T. Giannakopoulos, M. Nicolaou, Y. Panagakis, Bridging "
        "mini-batch and asymptotic analysis in contrastive learning: from InfoNCE to "
        "kernel-based losses, ICML 2024, arXiv 2405.18045"
    ),
    "Kornblith2019": (
        "S. Kornblith, M. Norouzi, H. Lee, G. Hinton, Similarity of neural network "
        "representations revisited, ICML 2019, arXiv 1905.00414"
    ),
    "KritchmanNadler2009": (
        "S. Kritchman, B. Nadler, Non-parametric detection of the number of signals: hypothesis "
        "testing and random matrix theory, IEEE Transactions on Signal Processing 57, 2009"
    ),
    "Lee2024": (
        "C. Lee, J. Chang, J. Sohn, Analysis of using sigmoid loss for contrastive learning, "
        "AISTATS 2024, arXiv 2402.12613"
    ),
    "Li2025": (
        "B. Li, Y. Zhang, X. Wang, W. Liang, L. Schmidt, S. Yeung-Levy, Closing the modality gap "
        "for mixed modality search (GR-CLIP), arXiv 2507.19054, 2025"
    ),
    "Liang2022": (
        "W. Liang, Y. Zhang, Y. Kwon, S. Yeung, J. Zou, Mind the gap: understanding the modality "
        "gap in multi-modal contrastive representation learning, NeurIPS 2022, arXiv 2203.02053"
    ),
    "LuSteinerberger2022": (
        "J. Lu, S. Steinerberger, Neural collapse under cross-entropy loss, Applied and "
        "Computational Harmonic Analysis 59, 2022, arXiv 2012.08465"
    ),
    "MardiaJupp2000": "K. V. Mardia, P. E. Jupp, Directional Statistics, Wiley, 2000",
    "Oord2018": (
        "A. van den Oord, Y. Li, O. Vinyals, Representation learning with contrastive predictive "
        "coding, arXiv 1807.03748, 2018"
    ),
    "Radford2021": (
        "A. Radford, J. W. Kim, C. Hallacy et al., Learning transferable visual models from "
        "natural language supervision (CLIP), ICML 2021, arXiv 2103.00020"
    ),
    "RosenbergHirschberg2007": (
        "A. Rosenberg, J. Hirschberg, V-measure: a conditional entropy-based external cluster "
        "evaluation measure, EMNLP-CoNLL 2007"
    ),
    "RoyVetterli2007": (
        "O. Roy, M. Vetterli, The effective rank: a measure of effective dimensionality, "
        "EUSIPCO 2007"
    ),
    "Schonemann1966": (
        "P. H. Schönemann, A generalized solution of the orthogonal Procrustes problem, "
        "Psychometrika 31, 1966"
    ),
    "Schrodi2025": (
        "S. Schrodi, D. T. Hoffmann, M. Argus, V. Fischer, T. Brox, Two effects, one trigger: on "
        "the modality gap, object bias, and information imbalance in contrastive vision-language "
        "models, ICLR 2025, arXiv 2404.07983"
    ),
    "ShaoWu1989": (
        "J. Shao, C. F. J. Wu, A general theory for jackknife variance estimation, The Annals of "
        "Statistics 17, 1989"
    ),
    "Shi2023": (
        "P. Shi, M. C. Welle, M. Björkman, D. Kragic, Towards understanding the modality gap in "
        "CLIP, ICLR 2023 Workshop on Multimodal Representation Learning"
    ),
    "StrehlGhosh2002": (
        "A. Strehl, J. Ghosh, Cluster ensembles: a knowledge reuse framework for combining "
        "multiple partitions, Journal of Machine Learning Research 3, 2002"
    ),
    "SzekelyRizzo2013": (
        "G. J. Székely, M. L. Rizzo, Energy statistics: a class of statistics based on "
        "distances, Journal of Statistical Planning and Inference 143, 2013"
    ),
    "Wachter1980": (
        "K. W. Wachter, The limiting empirical measure of multiple discriminant ratios, "
        "Annals of Statistics 8, 1980"
    ),
    "WangIsola2020": (
        "T. Wang, P. Isola, Understanding contrastive representation learning through alignment "
        "and uniformity on the hypersphere, ICML 2020, arXiv 2005.10242"
    ),
    "Watson1944": (
        "G. N. Watson, A Treatise on the Theory of Bessel Functions, 2nd edition, "
        "Cambridge University Press, 1944"
    ),
    "Wood1994": (
        "A. T. A. Wood, Simulation of the von Mises Fisher distribution, Communications in "
        "Statistics: Simulation and Computation 23, 1994"
    ),
    "Yaras2024": (
        "C. Yaras, S. Chen, P. Wang, Q. Qu, Explaining and mitigating the modality gap in "
        "contrastive multimodal learning, CPAL 2025, arXiv 2412.07909"
    ),
    "Yi2025": (
        "L. Yi, R. Douady, C. Chen, Decipher the modality gap in multimodal contrastive "
        "learning: from convergent representations to pairwise alignment, arXiv 2510.03268, 2025"
    ),
    "Yu2026": (
        "X. Yu, Y. Xin, Y. Zhang, et al., Modality gap-driven subspace alignment training paradigm "
        "for multimodal large language models, arXiv 2602.07026, 2026"
    ),
    "Zhai2023": (
        "X. Zhai, B. Mustafa, A. Kolesnikov, L. Beyer, Sigmoid loss for language image "
        "pre-training (SigLIP), ICCV 2023, arXiv 2303.15343"
    ),
    "Zhang2024": (
        "Y. Zhang, E. Sui, S. Yeung-Levy, Connect, collapse, corrupt: learning cross-modal tasks "
        "with uni-modal data (C3), ICLR 2024, arXiv 2401.08567"
    ),
    "gaplab": "This project, theory/claims and its proofs",
}


def cite(key: str) -> str:
    """Return the formatted reference of a source key.

    Raises
    ------
    InputError
        If the key is not in the bibliography.

    Examples
    --------
    >>> cite("MardiaJupp2000")
    'K. V. Mardia, P. E. Jupp, Directional Statistics, Wiley, 2000'
    """
    try:
        return REFERENCES[key]
    except KeyError:
        raise InputError(
            f"source key {key!r} is not in theory/bibliography.py; add it there."
        ) from None
